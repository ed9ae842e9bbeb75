//! A table of cells, each with what their facts say in one line.

use crate::facts::{Class, Facts};
use crate::{Language, facts};

/// Writes facts as `now: a b | defs: c? | …`: parts that are empty are left out, `?` marks
/// what may not happen, and guesses.
fn line(facts: &Facts) -> String {
    let mut parts = Vec::new();
    let mut part = |title: &str, names: Vec<String>| {
        if !names.is_empty() {
            parts.push(format!("{title} {}", names.join(" ")));
        }
    };
    part("now", facts.now.keys().map(|name| name.to_string()).collect());
    part("late", facts.late.iter().map(|name| name.to_string()).collect());
    let defs = facts.defs.iter();
    part(
        "defs",
        defs.map(|(n, d)| format!("{n}{}", if d.conditional { "?" } else { "" })).collect(),
    );
    let mutates = facts.mutates.iter();
    part(
        "mutates",
        mutates
            .map(|(name, mutation)| {
                let deep = if mutation.deep { "*" } else { "" };
                format!("{name}{deep}{}", if mutation.unsure { "?" } else { "" })
            })
            .collect(),
    );
    part("deletes", facts.deletes.iter().map(|name| name.to_string()).collect());
    part("imports", facts.imports.iter().map(|name| name.to_string()).collect());
    part("effect", facts.effect().iter().map(|effect| effect.why.to_string()).collect());
    part("outward", if facts.outward() { vec!["yes".into()] } else { vec![] });
    part("coarse", facts.coarse.iter().map(|_| "yes".into()).collect());
    parts.join(" | ")
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let facts = facts::facts(Language::Python, source);
    assert_eq!(facts.error, None, "{source}");
    assert_eq!(line(&facts), expected, "\n{source}");
}

#[test]
fn assignment() {
    check("x = a + b", "now a b | defs x");
    check("x = 1", "defs x");
    check("x = y = z", "now z | defs x y");
    check("a, (b, *c) = d", "now d | defs a b c");
    check("x = x + 1", "now x | defs x");
    check("x = 1\ny = x", "defs x y");
    check("x: int = y", "now int y | defs x");
    check("x: int", "now int");
    check("(x := y)", "now y | defs x");
    check("if (n := len(a)) > 3: pass", "now a len | defs n");
}

#[test]
fn augmented_assignment_changes_what_is_above() {
    check("x += 1", "now x | mutates x");
    check("x = 0\nx += y", "now y | defs x");
    check("x += 1\ny = x", "now x | defs y | mutates x");
    check("d['n'] += 1", "now d | mutates d");
}

#[test]
fn comprehensions_have_names_of_their_own() {
    check("[x for x in xs]", "now xs");
    check("y = [x * k for x in xs if x > m]", "now k m xs | defs y");
    check("{k: v for k, v in d.items()}", "now d");
    check("[y for x in xs for y in x]", "now xs");
    check("x = [x for x in x]", "now x | defs x");
    check("[last := x for x in xs]", "now xs | defs last?");
    check("t = sum(x * k for x in xs)", "now k sum xs | defs t");
    check("g = (x * k for x in xs)", "now xs | late k | defs g");
}

#[test]
fn functions_read_late() {
    check("def f(a):\n    return a + b", "late b | defs f");
    check("def f(a=b, *c, d=e, **g): pass", "now b e | defs f");
    check("def f(a: T) -> R: pass", "now R T | defs f");
    check("def f():\n    x = y\n    return x", "late y | defs f");
    check("def f():\n    def g():\n        return h\n    return g", "late h | defs f");
    check("def f():\n    x = 1\n    def g():\n        return x\n    return g", "defs f");
    check("def f():\n    return f()", "late f | defs f");
    check("f = lambda a: a + b", "late b | defs f");
    check("def f():\n    import os\n    return os.name", "defs f | imports os");
    check("async def f():\n    async with a as b:\n        await b.c()", "late a | defs f");
    check("def f():\n    for i in r:\n        yield i", "late r | defs f");
}

#[test]
fn calling_a_function_of_the_cell_reads_now() {
    check("def f():\n    return b\nx = f()", "now b | late b | defs f x");
    check("def f():\n    return b\nb = 1\nx = f()", "late b | defs b f x");
    check("def f():\n    return g()\ndef g():\n    return b\nf()", "now b | late b g | defs f g");
    check("y = sorted(xs, key=lambda x: w[x])", "now sorted w xs | late w | defs y");
    check("@app.call\ndef f():\n    return b", "now app b | late b | defs f");
    check("@functools.cache\ndef f():\n    return b", "now functools | late b | defs f");
}

#[test]
fn classes_run_at_once_and_their_methods_late() {
    check(
        "class A(B, metaclass=M):\n    x = y\n    def f(self):\n        return z",
        "now B M y | late z | defs A",
    );
    check("class A:\n    x = 1\n    y = x", "defs A");
    check("class A:\n    x = 1\n    def f(self):\n        return x", "late x | defs A");
    check("class A:\n    xs = [1]\n    ys = [x for x in xs]", "defs A");
    check("class A:\n    n = n", "now n | defs A");
    check("@dataclass\nclass P:\n    x: float\n    y: float = d", "now d dataclass float | defs P");
    check("class A[T: B]:\n    x: T", "late B | defs A");
}

#[test]
fn branches_keep_both_sides() {
    check("if c:\n    x = 1", "now c | defs x?");
    check("if c:\n    x = 1\nelse:\n    x = 2", "now c | defs x");
    check("if c:\n    x = 1\nelse:\n    raise E\ny = x", "now E c | defs x y");
    check("if c:\n    x = 1\ny = x", "now c x | defs x? y");
    check("for i in r:\n    x = i", "now r | defs i? x?");
    check("while c:\n    x = 1", "now c | defs x?");
    check("try:\n    x = a()\nexcept E as e:\n    x = None", "now E a | defs x");
    check(
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "now ImportError | defs a | imports a",
    );
    check("try:\n    x = 1\nfinally:\n    y = 2", "defs x y");
    check(
        "match p:\n    case [a, *b]:\n        c = a\n    case _:\n        c = 0",
        "now p | defs a? b? c",
    );
    check("match p:\n    case {'k': v, **rest} if v > m:\n        pass", "now m p | defs rest? v?");
    check("with open(f) as g:\n    t = g.read()", "now f open | defs g t");
    check("x = a if c else (b := 1)", "now a c | defs b? x");
}

#[test]
fn deletion() {
    check("del x", "now x | deletes x");
    check("x = 1\ndel x", "deletes x");
    check("del x[0]", "now x | mutates x");
    check("x = 1\ndel x\nx = 2", "defs x");
    check("if c:\n    del x", "now c x");
}

#[test]
fn imports() {
    check("import a.b", "defs a | imports a.b");
    check("import a.b as c, d", "defs c d | imports a.b d");
    check("from a.b import c as d, e", "defs d e | imports a.b a.b.c a.b.e");
    check("from a import *", "imports a | coarse yes");
}

#[test]
fn text_with_expressions_in_it() {
    check("s = f'{a + b:{w}} {c!r}'", "now a b c w | defs s");
    check("print(f'{x=}')", "now print x");
    check("d = df.query('a > @limit')", "now df limit | defs d");
}

#[test]
fn changes_in_place() {
    check("df['b'] = y", "now df y | mutates df");
    check("x.a = 1", "now x | mutates x");
    check("x['a']['b'] = 1", "now x | mutates x*");
    check("df.loc[m, 'b'] = 1", "now df m | mutates df");
    check("xs.append(y)", "now xs y | mutates xs");
    check("xs = []\nxs.append(y)", "now y | defs xs");
    check("df.drop(columns='a', inplace=True)", "now df | mutates df");
    check("df.drop(columns='a', inplace=False)", "now df");
    check("model.fit(X, y)", "now X model y | mutates model");
    check("heapq.heappush(h, 1)", "now h heapq | mutates h");
    check("np.add(a, b, out=c)", "now a b c np | mutates c");
    check("for row in rows:\n    row['x'] = 1", "now rows | defs row? | mutates rows*");
    check("b = a\nb.append(1)", "now a | defs b | mutates a");
    check("b = df[df.x > 1]\nb['y'] = 1", "now df | defs b");
    check("def f(d):\n    d['x'] = 1\nf(df)", "now df | defs f | mutates df*");
    check("w.zero_()", "now w | mutates w");
    check("def f():\n    xs.append(1)", "late xs | defs f");
    check("def f():\n    xs.append(1)\nf()", "now xs | late xs | defs f | mutates xs");
    check("def f():\n    global n\n    n = 1", "defs f");
    check("def f():\n    global n\n    n = 1\nf()", "defs f n?");
}

#[test]
fn effects() {
    check("print(x)", "now print x");
    check("df.head()", "now df");
    check(
        "import matplotlib.pyplot as plt\nplt.plot(x)\nplt.show()",
        "now x | defs plt | imports matplotlib.pyplot",
    );
    check(
        "import os\nos.makedirs('a')",
        "defs os | imports os | effect calls `os.makedirs` | outward yes",
    );
    check("import os\nos.environ['A'] = 'b'", "defs os | imports os | effect changes `os`");
    check(
        "import numpy as np\nnp.random.seed(0)",
        "defs np | imports numpy | effect calls `np.random.seed`",
    );
    check("df.to_csv('a.csv')", "now df | effect calls `df.to_csv` | outward yes");
    check("text = df.to_csv()", "now df | defs text");
    check(
        "with open(p, 'w') as f:\n    f.write(s)",
        "now open p s | defs f | effect writes a file | outward yes",
    );
    check("setup()\nx = 1", "now setup | defs x | effect calls `setup`");
    check("summary(df)", "now df summary");
    check("%matplotlib inline", "effect runs `%matplotlib`");
    check("!ls {folder}", "now folder");
    check("files = !rm -r $folder", "now folder | defs files | effect runs `!rm` | outward yes");
}

#[test]
fn magics_around_python() {
    check("%%time\nx = y", "now y | defs x");
    check("%time x = f(y)", "now f y | defs x");
    check("%timeit -n 10 f(y)", "now f y");
    check("%%timeit\nz = f(y)", "now f y");
    check("%%capture out\nprint(y)", "now print y | defs out");
    check("%%bash\nrm -r x", "effect runs `%%bash` | outward yes");
    check("df?", "now df");
}

#[test]
fn any_name_may_be_meant() {
    check("eval(s)", "now eval s | coarse yes");
    check("x = globals()['a']", "now globals | defs x | coarse yes");
}

#[test]
fn classes_of_cells() {
    let class = |source: &str| facts::facts(Language::Python, source).class;
    for source in [
        "import numpy as np",
        "def f(): pass",
        "class A: pass",
        "N = 3",
        "N = -1.5e3",
        "",
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "P = {'a': [1, 2]}",
        "double = lambda x: 2 * x",
        "# only a comment",
    ] {
        assert_eq!(class(source), Class::Definition, "{source}");
    }
    for source in
        ["x = f(y)", "df = pd.read_csv('x')", "df.head()", "print(1)", "import a\nx = a.b()"]
    {
        assert_eq!(class(source), Class::Value, "{source}");
    }
    for source in
        ["import os\nos.chdir('/')", "np.random.seed(1)", "!pip install x", "%load_ext sql"]
    {
        assert_eq!(class(source), Class::Effect, "{source}");
    }
}

#[test]
fn layout_comments_and_docstrings_are_not_code() {
    let code = |source: &str| facts::facts(Language::Python, source).code;
    let same = "def f(a):\n    'Doubles.'\n    return 2 * a  # twice\n\n\nf(1)";
    assert_eq!(code("def f(a):\n  return 2*a\nf(1)\n"), code(same));
    assert_ne!(code("f(1)"), code("f(1);"));
    assert_ne!(code("x = 1"), code("x = 2"));
    assert_ne!(code("if a:\n    b\nc"), code("if a:\n    b\n    c"));
    assert_ne!(code("%%time\nx"), code("x"));
    assert_ne!(code("'a'"), code("'b'"));
}

#[test]
fn errors_have_a_place() {
    let facts = facts::facts(Language::Python, "x = 1\ny = (");
    let error = facts.error.expect("an error");
    assert_eq!(error.line, 2);
    assert!(facts.defs.contains_key("x"));
}

#[test]
fn brackets_nest_as_deep_as_python_allows() {
    let nested = |depth: usize| format!("x = {}1{}", "(".repeat(depth), ")".repeat(depth));
    let error = |source: &str| facts::facts(Language::Python, source).error.map(|it| it.message);
    assert_eq!(error(&nested(150)), None);
    assert_eq!(error(&nested(100_000)).as_deref(), Some("too many nested parentheses"));
    assert_eq!(error(&"f(x)\n".repeat(1_000)), None);
}
