//! What is known of functions and methods by their names: which change what they are called
//! on, which only show something, which reach outside.
//!
//! The lists are short on purpose and lean to the side of "changes it": a change too many
//! costs a snapshot and a stale mark, one too few a wrong value.

use ruff_python_ast::Expr;

/// Methods that change the object that they are called on, whatever becomes of the result.
#[rustfmt::skip]
const MUTATORS: &[&str] = &[
    // list, dict, set, deque, bytearray
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update",
    "setdefault", "popitem", "add", "discard", "difference_update", "intersection_update",
    "symmetric_difference_update", "appendleft", "extendleft", "popleft", "rotate",
    // queues and iterators
    "put_nowait", "get_nowait", "send", "throw",
    // NumPy arrays and random generators
    "fill", "itemset", "partition", "setflags", "byteswap", "shuffle", "seed", "setstate",
    // estimators
    "fit", "partial_fit", "fit_transform", "fit_predict", "set_params", "warm_start",
    // torch
    "backward", "step", "zero_grad", "load_state_dict", "train", "eval", "register_buffer",
    "register_parameter", "add_module",
    // files and streams
    "read", "readline", "readlines", "write", "writelines", "writerow", "writerows", "truncate",
    "close",
    // figures, which are built piece by piece
    "add_trace", "add_subplot", "update_layout", "update_traces", "update_xaxes", "update_yaxes",
    "add_shape", "add_annotation",
];

/// Functions that change an argument: the end of their dotted name, and which.
#[rustfmt::skip]
const ARGUMENT_MUTATORS: &[(&str, usize)] = &[
    ("setattr", 0), ("delattr", 0), ("next", 0), ("anext", 0), ("heapq.heappush", 0),
    ("heapq.heappop", 0), ("heapq.heapify", 0), ("heapq.heapreplace", 0),
    ("heapq.heappushpop", 0), ("heappush", 0), ("heappop", 0), ("heapify", 0),
    ("bisect.insort", 0), ("bisect.insort_left", 0), ("bisect.insort_right", 0), ("insort", 0),
    ("random.shuffle", 0), ("shuffle", 0), ("fill_diagonal", 0), ("copyto", 0), ("putmask", 0),
    ("np.put", 0), ("numpy.put", 0), ("np.place", 0), ("numpy.place", 0), ("put_along_axis", 0),
    ("operator.setitem", 0), ("operator.delitem", 0), ("operator.iadd", 0), ("rng.shuffle", 0),
];

/// Methods whose result is dropped because they show something.
#[rustfmt::skip]
const SHOWING: &[&str] = &[
    "show", "head", "tail", "describe", "info", "plot", "hist", "boxplot", "display", "summary",
    "print_summary", "savefig", "to_csv", "to_parquet", "to_excel", "to_json", "to_pickle",
    "to_feather", "to_sql", "get", "keys", "values", "items", "copy", "join", "format", "count",
    "index", "mean", "sum", "min", "max", "std", "sample",
];

/// Built-in functions that change nothing; what they show belongs to the cell.
#[rustfmt::skip]
const QUIET_FUNCTIONS: &[&str] = &[
    "print", "display", "pprint", "abs", "all", "any", "ascii", "bin", "bool", "bytes",
    "callable", "chr", "complex", "dict", "dir", "divmod", "enumerate", "filter", "float",
    "format", "frozenset", "getattr", "hasattr", "hash", "help", "hex", "id", "int", "isinstance",
    "issubclass", "iter", "len", "list", "map", "max", "min", "next", "object", "oct", "ord",
    "pow", "range", "repr", "reversed", "round", "set", "setattr", "delattr", "slice", "sorted",
    "str", "sum", "super", "tuple", "type", "vars", "zip", "breakpoint", "get_ipython", "locals",
    "globals",
];

/// Modules of which a dropped call shows something, or does nothing that lasts: the figures
/// of a cell are closed when it ends.
#[rustfmt::skip]
const QUIET_MODULES: &[&str] = &[
    "matplotlib", "pylab", "seaborn", "plotly", "bokeh", "altair", "IPython.display", "pprint",
    "tqdm", "rich", "time", "gc", "logging", "warnings", "traceback", "timeit", "math",
    "textwrap", "streamlit", "missingno", "wordcloud",
];

/// Functions that set what a whole module does: the end of their dotted name.
#[rustfmt::skip]
const SETTINGS: &[&str] = &[
    "random.seed", "seed_everything", "manual_seed", "manual_seed_all", "set_seed", "set_option",
    "reset_option", "set_printoptions", "seterr", "set_default_dtype", "set_default_device",
    "set_num_threads", "set_theme", "set_style", "set_palette", "set_context", "style.use",
    "rcParams.update", "rcdefaults", "matplotlib.use", "switch_backend", "plt.ion", "plt.ioff",
    "basicConfig", "filterwarnings", "simplefilter", "resetwarnings", "setLevel",
    "disable_warnings", "path.append", "path.insert", "path.extend", "os.chdir", "os.putenv",
    "os.environ.update", "os.environ.setdefault", "os.environ.pop", "load_dotenv",
    "locale.setlocale", "setrecursionlimit", "set_start_method", "nest_asyncio.apply",
    "init_notebook_mode", "tqdm.pandas", "enable_eager_execution", "set_matplotlib_formats",
    "register", "importlib.reload", "setdefaulttimeout", "setcheckinterval", "sys.settrace",
    "signal.signal", "atexit.register",
];

/// Functions that change something outside of the process: the end of their dotted name.
#[rustfmt::skip]
const OUTWARD: &[&str] = &[
    "os.makedirs", "os.mkdir", "os.remove", "os.unlink", "os.rename", "os.replace", "os.rmdir",
    "os.removedirs", "os.system", "os.popen", "os.symlink", "os.link", "os.kill", "os.chmod",
    "os.chown", "os.utime", "os.truncate", "shutil.copy", "shutil.copy2", "shutil.copyfile",
    "shutil.copytree", "shutil.move", "shutil.rmtree", "shutil.make_archive",
    "shutil.unpack_archive", "subprocess.run", "subprocess.call", "subprocess.check_call",
    "subprocess.check_output", "subprocess.Popen", "Popen", "requests.post", "requests.put",
    "requests.patch", "requests.delete", "httpx.post", "httpx.put", "httpx.patch", "httpx.delete",
    "session.post", "session.put", "session.patch", "session.delete", "client.post", "client.put",
    "urlretrieve", "np.save", "np.savez", "np.savez_compressed", "np.savetxt", "numpy.save",
    "numpy.savez", "numpy.savez_compressed", "numpy.savetxt", "torch.save", "pickle.dump",
    "json.dump", "joblib.dump", "yaml.dump", "toml.dump", "cloudpickle.dump", "dill.dump",
    "imsave", "imwrite", "write_table", "write_feather", "write_dataset", "write_image",
    "write_html",
];

/// Methods that write outside of the process, on any object. `to_json()` and its kind give
/// text back when they are called without a path: see [`writes_a_path`].
#[rustfmt::skip]
const OUTWARD_METHODS: &[&str] = &[
    "to_parquet", "to_excel", "to_pickle", "to_feather", "to_hdf", "to_sql", "to_gbq", "to_stata",
    "to_orc", "write_csv", "write_parquet", "write_ipc", "write_json", "write_ndjson",
    "write_excel", "write_delta", "savefig", "write_text", "write_bytes", "mkdir", "rmdir",
    "unlink", "touch", "rename_to", "symlink_to", "save_pretrained", "save_model", "save_weights",
    "save", "commit", "executemany", "executescript", "upload_file", "upload_fileobj",
    "put_object", "delete_object", "send_message", "sendmail", "sendall", "publish",
    "push_to_hub", "saveAsTable", "insertInto", "extractall",
];

#[rustfmt::skip]
const OUTWARD_WITH_PATH: &[&str] =
    &[
    "to_csv", "to_json", "to_html", "to_latex", "to_markdown", "to_string",
];

/// Calls whose result changes when it is used.
#[rustfmt::skip]
const STATEFUL: &[(&str, &str)] = &[
    ("default_rng", "a random generator"), ("RandomState", "a random generator"),
    ("Generator", "a random generator"), ("Random", "a random generator"),
    ("random.Random", "a random generator"), ("iter", "an iterator"), ("aiter", "an iterator"),
    ("zip", "an iterator"), ("map", "an iterator"), ("filter", "an iterator"),
    ("enumerate", "an iterator"), ("reversed", "an iterator"), ("open", "an open file"),
    ("itertools.count", "an iterator"), ("itertools.cycle", "an iterator"),
    ("itertools.chain", "an iterator"), ("itertools.islice", "an iterator"),
    ("csv.reader", "an iterator"), ("csv.DictReader", "an iterator"), ("scandir", "an iterator"),
    ("os.walk", "an iterator"), ("Popen", "a process"), ("cursor", "a database cursor"),
];

/// Decorators that don't call what they decorate.
#[rustfmt::skip]
const PASSIVE_DECORATORS: &[&str] = &[
    "property", "cached_property", "staticmethod", "classmethod", "abstractmethod",
    "contextmanager", "asynccontextmanager", "wraps", "lru_cache", "cache", "overload",
    "override", "final", "singledispatch", "singledispatchmethod", "total_ordering", "dataclass",
    "setter", "getter", "deleter", "njit", "jit", "vectorize", "guvectorize", "vmap", "pmap",
    "no_grad", "inference_mode", "compile", "function", "register", "step", "task", "flow",
    "retry", "deprecated", "validator", "field_validator", "fixture", "udf", "delayed", "remote",
    "timer", "profile", "callback", "route", "get", "post", "command", "coroutine", "beartype",
    "typechecked",
];

/// What notebooks call modules, for roots that another cell imports.
pub(crate) fn usual_module(alias: &str) -> Option<&'static str> {
    Some(match alias {
        "np" => "numpy",
        "pd" => "pandas",
        "plt" => "matplotlib.pyplot",
        "mpl" => "matplotlib",
        "sns" => "seaborn",
        "px" | "go" => "plotly",
        "alt" => "altair",
        "tf" => "tensorflow",
        "os" => "os",
        "sys" => "sys",
        "random" => "random",
        "torch" => "torch",
        "warnings" => "warnings",
        "logging" => "logging",
        "subprocess" => "subprocess",
        "shutil" => "shutil",
        "requests" => "requests",
        "json" => "json",
        "pickle" => "pickle",
        "joblib" => "joblib",
        _ => return None,
    })
}

/// Whether a method changes its object.
pub fn is_mutator(method: &str) -> bool {
    // torch's habit: `x.zero_()`.
    let in_place = method.len() > 1 && method.ends_with('_') && !method.ends_with("__");
    MUTATORS.contains(&method) || in_place
}

/// Which argument a function changes.
pub fn mutated_argument(path: &str) -> Option<usize> {
    ARGUMENT_MUTATORS.iter().find(|(name, _)| ends_with(path, name)).map(|(_, at)| *at)
}

/// Whether a dropped result says that the method showed something.
pub fn is_showing(method: &str) -> bool {
    SHOWING.contains(&method)
}

/// Whether a built-in function changes nothing.
pub fn is_quiet_function(name: &str) -> bool {
    QUIET_FUNCTIONS.contains(&name)
}

/// Whether dropping the result of a module's function is nothing to worry about.
pub fn is_quiet_module(module: &str) -> bool {
    QUIET_MODULES.iter().any(|quiet| {
        module.strip_prefix(quiet).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Whether a function sets what a module does.
pub fn is_setting(path: &str) -> bool {
    SETTINGS.iter().any(|name| ends_with(path, name))
}

/// Whether a function changes something outside of the process.
pub fn is_outward(path: &str) -> bool {
    OUTWARD.iter().any(|name| ends_with(path, name))
}

/// Whether a method does, on any object.
pub fn is_outward_method(method: &str, arguments: &ruff_python_ast::Arguments) -> bool {
    OUTWARD_METHODS.contains(&method)
        || OUTWARD_WITH_PATH.contains(&method) && writes_a_path(arguments)
}

/// `to_csv()` without a path returns text.
fn writes_a_path(arguments: &ruff_python_ast::Arguments) -> bool {
    let names = ["path_or_buf", "path", "buf", "path_or_buffer"];
    let positional = arguments.args.first().is_some_and(|first| !first.is_none_literal_expr());
    positional || names.iter().any(|name| arguments.find_keyword(name).is_some())
}

/// Whether a decorator only wraps.
pub(super) fn passive_decorator(decorator: &Expr) -> bool {
    let expression = match decorator {
        Expr::Call(call) => &call.func,
        other => other,
    };
    let last = match expression {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(node) => node.attr.as_str(),
        _ => return false,
    };
    PASSIVE_DECORATORS.contains(&last)
}

/// What kind of thing an expression makes, if using it changes it.
pub(super) fn stateful(value: &Expr) -> Option<&'static str> {
    match value {
        Expr::Generator(_) => Some("a generator"),
        Expr::Call(call) => {
            let path = path(&call.func)?;
            STATEFUL.iter().find(|(name, _)| ends_with(&path, name)).map(|(_, what)| *what)
        }
        Expr::Await(node) => stateful(&node.value),
        _ => None,
    }
}

/// The dotted name of an expression: `np.random.seed`. What isn't a name at its root gives
/// the attributes alone: `connect().cursor` is `.cursor`.
pub(super) fn path(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(node) => {
            let head = path(&node.value).unwrap_or_default();
            Some(format!("{head}.{}", node.attr))
        }
        _ => None,
    }
}

fn ends_with(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// The name whose value an expression is a part of, and how far below it: `x["a"].b` is two
/// levels below `x`. What a call returns belongs to nobody, except where it gives parts out.
pub(super) fn root(expression: &Expr) -> Option<(&str, u32)> {
    match expression {
        Expr::Name(name) => Some((&name.id, 0)),
        Expr::Attribute(node) => {
            // `df.loc[…]` is as deep as `df[…]`.
            let indexer = matches!(node.attr.as_str(), "loc" | "iloc" | "at" | "iat" | "flat");
            root(&node.value).map(|(name, depth)| (name, depth + u32::from(!indexer)))
        }
        Expr::Subscript(node) => root(&node.value).map(|(name, depth)| (name, depth + 1)),
        Expr::Starred(node) => root(&node.value),
        Expr::Await(node) => root(&node.value),
        Expr::Named(node) => root(&node.value),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(node)
                if matches!(
                    node.attr.as_str(),
                    "get" | "setdefault" | "items" | "values" | "parameters" | "children"
                ) =>
            {
                root(&node.value).map(|(name, depth)| (name, depth + 1))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The expressions whose parts a loop over this one goes through.
pub(super) fn iterated(whole: &Expr) -> Vec<&Expr> {
    match whole {
        Expr::Call(call) => match &*call.func {
            Expr::Name(name)
                if matches!(
                    name.id.as_str(),
                    "zip"
                        | "enumerate"
                        | "reversed"
                        | "sorted"
                        | "list"
                        | "tuple"
                        | "iter"
                        | "filter"
                        | "map"
                ) =>
            {
                call.arguments.args.iter().flat_map(iterated).collect()
            }
            Expr::Name(name) if name.id.as_str() == "range" => Vec::new(),
            _ => vec![whole],
        },
        Expr::Tuple(node) => node.elts.iter().collect(),
        Expr::List(node) => node.elts.iter().collect(),
        _ => vec![whole],
    }
}

/// Whether indexing with this gives a copy: a list of columns, a condition.
pub(super) fn copies(index: &Expr) -> bool {
    matches!(
        index,
        Expr::List(_) | Expr::Compare(_) | Expr::UnaryOp(_) | Expr::Call(_) | Expr::ListComp(_)
    ) && !matches!(index, Expr::UnaryOp(node) if node.operand.is_number_literal_expr())
        || matches!(index, Expr::BinOp(node) if copies(&node.left) || copies(&node.right))
}
