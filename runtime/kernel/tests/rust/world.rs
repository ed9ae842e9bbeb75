//! A host for tests: one thread that compiles cells, runs them, and keeps what they show.

use std::collections::BTreeMap;
use std::ffi::{OsStr, c_void};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, OnceLock, PoisonError};

use flownote_kernel::rust::{Level, Prelude, Setup, Toolchain};
use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL, Symbol};
use serde_json::Value as Json;

type Sink = extern "C" fn(*mut c_void, *const u8, usize);
type Release = Option<extern "C" fn(*mut c_void)>;

#[repr(C)]
struct Host {
    abi: u32,
    host: *mut c_void,
    output: extern "C" fn(*mut c_void, *const u8, usize),
    interrupted: extern "C" fn(*mut c_void) -> bool,
}

#[repr(C)]
struct Piece {
    data: *const u8,
    length: usize,
}

/// Arrow's stream, which nothing here looks into.
#[repr(C)]
struct Stream {
    functions: [usize; 3],
    release: Option<extern "C" fn(*mut Stream)>,
    private: *mut c_void,
}

#[repr(C)]
struct Export {
    form: u32,
    stream: Stream,
    pieces: *const Piece,
    count: usize,
    record: *const u8,
    record_length: usize,
    owner: *mut c_void,
    release: Release,
}

/// A value on its way out.
pub struct Exported {
    pub bytes: Vec<u8>,
    pub record: Json,
}

static OUTPUTS: Mutex<Vec<Json>> = Mutex::new(Vec::new());
static STOP: AtomicBool = AtomicBool::new(false);
static RELEASED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn output(_: *mut c_void, text: *const u8, length: usize) {
    // SAFETY: the prelude lends it for the time of the call.
    let bytes = unsafe { std::slice::from_raw_parts(text, length) };
    let output = serde_json::from_slice(bytes).expect("an output is JSON");
    OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner).push(output);
}

extern "C" fn interrupted(_: *mut c_void) -> bool {
    STOP.load(Ordering::SeqCst)
}

extern "C" fn released(owner: *mut c_void) {
    RELEASED.fetch_add(1, Ordering::SeqCst);
    // SAFETY: it was made by `give`.
    drop(unsafe { Box::from_raw(owner.cast::<Vec<u8>>()) });
}

extern "C" fn hear(context: *mut c_void, text: *const u8, length: usize) {
    // SAFETY: the context is a `Vec<u8>` of the caller's, the text is lent.
    unsafe {
        (*context.cast::<Vec<u8>>()).extend_from_slice(std::slice::from_raw_parts(text, length));
    }
}

/// What cells are compiled against and run in.
pub struct World {
    toolchain: Toolchain,
    pub prelude: Prelude,
    library: Library,
    folder: tempfile::TempDir,
    cells: usize,
    extra: Vec<String>,
}

/// Runs a test where cells run: on one thread of this process, over the base or all of the
/// prelude.
pub fn with(level: Level, test: impl FnOnce(&mut World) + Send + 'static) {
    type Job = Box<dyn FnOnce(&mut World) + Send>;
    type Thread = Mutex<Sender<(Job, Sender<std::thread::Result<()>>)>>;
    static THREADS: [OnceLock<Thread>; 2] = [OnceLock::new(), OnceLock::new()];
    let thread = THREADS[level as usize].get_or_init(|| {
        let (sender, jobs) = mpsc::channel::<(Job, Sender<_>)>();
        std::thread::spawn(move || {
            let mut world = World::open(level);
            for (job, done) in jobs {
                OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner).clear();
                STOP.store(false, Ordering::SeqCst);
                world.extra.clear();
                let job = std::panic::AssertUnwindSafe(|| job(&mut world));
                let _ = done.send(std::panic::catch_unwind(job));
            }
        });
        Mutex::new(sender)
    });
    let (done, result) = mpsc::channel();
    let sent = thread.lock().unwrap_or_else(PoisonError::into_inner).send((Box::new(test), done));
    sent.expect("the cells' thread is there");
    match result.recv() {
        Ok(Ok(())) => {}
        Ok(Err(payload)) => std::panic::resume_unwind(payload),
        Err(_) => panic!("the cells' thread ended: is there a compiler?"),
    }
}

impl World {
    fn open(level: Level) -> Self {
        let toolchain = Toolchain::find().unwrap_or_else(|error| panic!("{error}"));
        let setup = Setup::new(Setup::folder(), toolchain.clone());
        let prelude = setup.build(level, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"));
        // SAFETY: it is the prelude, whose start does nothing.
        let library = unsafe { Library::open(Some(&prelude.dylib), RTLD_LAZY | RTLD_LOCAL) };
        let library = library.expect("the prelude loads");
        let world = Self {
            toolchain,
            prelude,
            library,
            folder: tempfile::tempdir().expect("a folder"),
            cells: 0,
            extra: Vec::new(),
        };
        let host = Host { abi: 1, host: std::ptr::null_mut(), output, interrupted };
        // SAFETY: the type is that of the function.
        let init: Symbol<unsafe extern "C" fn(*const Host) -> i32> =
            unsafe { world.get("flownote_init") };
        // SAFETY: the host's functions stay.
        assert_eq!(unsafe { init(&raw const host) }, 0);
        world
    }

    /// # Safety
    /// `T` is the function's type.
    unsafe fn get<T>(&self, name: &str) -> Symbol<T> {
        // SAFETY: the caller says so.
        unsafe { self.library.get(name.as_bytes()) }.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Hands further arguments to the compiler.
    pub fn also(&mut self, arguments: impl IntoIterator<Item = String>) {
        self.extra.extend(arguments);
    }

    /// Names no items any more.
    pub fn forget_arguments(&mut self) {
        self.extra.clear();
    }

    /// Compiles items to a crate; `metadata` tells it from others of its name.
    pub fn items(&mut self, name: &str, metadata: &str, source: &str) -> PathBuf {
        let library = self.folder.path().join(format!("lib{name}-{metadata}.rlib"));
        let source = format!("use flownote::prelude::*;\n{source}");
        let file = self.write("items.rs", &source);
        let metadata = format!("metadata={metadata}");
        self.compile(
            &["--crate-type", "rlib", "--crate-name", name, "-C", &metadata],
            &file,
            &library,
        )
        .unwrap_or_else(|error| panic!("{error}"));
        library
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    }

    fn compile(&self, arguments: &[&str], source: &Path, to: &Path) -> Result<(), String> {
        let mut command = Command::new(&self.toolchain.rustc);
        command
            .args(["--edition", "2024", "-C", "prefer-dynamic", "-A", "warnings"])
            .args(arguments)
            .args(&self.extra)
            .arg("-L")
            .arg(format!("dependency={}", self.prelude.dependencies.display()))
            .arg("-L")
            .arg(format!("dependency={}", self.folder.path().display()))
            .arg("-o")
            .args([to.as_os_str(), source.file_name().unwrap_or(OsStr::new(""))])
            .current_dir(self.folder.path());
        for (name, file) in &self.prelude.externs {
            command.arg("--extern").arg(format!("{name}={}", file.display()));
        }
        let output = command.output().expect("rustc runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(said) }
    }

    /// Compiles a cell's lines to a body, as cells are: inputs in front of the first line,
    /// the variables that leave behind the last.
    pub fn try_body(
        &mut self,
        inputs: &[(&str, &str)],
        lines: &str,
        exports: &[&str],
    ) -> Result<*const c_void, String> {
        self.cells += 1;
        let inputs: String = inputs
            .iter()
            .enumerate()
            .map(|(place, (name, kind))| {
                format!("let {name} = ::flownote::input!(__cell, {place}, \"{name}\", {kind});")
            })
            .collect();
        let exports: String = exports
            .iter()
            .map(|it| format!("::flownote::export!(__cell, \"{it}\", {it});"))
            .collect();
        let lines = shown(lines);
        let source = format!(
            "use flownote::prelude::*; #[unsafe(no_mangle)] pub fn flownote_cell(\
             env: *mut ::core::ffi::c_void) {{ ::flownote::cell::run(env, |__cell| {{ {inputs}\n\
             {lines}\n;{exports}\nOk(()) }}) }}"
        );
        let file = self.write("cell-test.rs", &source);
        let library = self.folder.path().join(format!("cell{}.so", self.cells));
        let arguments =
            ["--crate-type", "cdylib", "--crate-name", "cell", "-C", "debuginfo=line-tables-only"];
        self.compile(&arguments, &file, &library)?;
        // SAFETY: its start does nothing; it stays loaded.
        let library =
            unsafe { Library::open(Some(&library), RTLD_LAZY | RTLD_LOCAL) }.expect("it loads");
        // SAFETY: only its address is taken.
        let body =
            unsafe { library.get::<*const c_void>(b"flownote_cell") }.expect("the body").into_raw();
        std::mem::forget(library);
        Ok(body.cast_const())
    }

    /// Compiles and runs a cell. The user's first line is line 2 of its file.
    pub fn run(&mut self, inputs: &[(&str, &str, u64)], lines: &str, exports: &[&str]) -> Outcome {
        let typed: Vec<(&str, &str)> =
            inputs.iter().map(|(name, kind, _)| (*name, *kind)).collect();
        let body = self.try_body(&typed, lines, exports).unwrap_or_else(|error| panic!("{error}"));
        let handles: Vec<u64> = inputs.iter().map(|(_, _, handle)| *handle).collect();
        self.call(body, &handles)
    }

    /// Runs a body.
    pub fn call(&self, body: *const c_void, handles: &[u64]) -> Outcome {
        type Run = unsafe extern "C" fn(*const c_void, *const u64, usize, Sink, *mut c_void) -> i32;
        OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner).clear();
        // SAFETY: the type is that of the function.
        let run: Symbol<Run> = unsafe { self.get("flownote_run") };
        // SAFETY: it is a body that this prelude's compiler made.
        let said = listen(|sink, context| unsafe {
            run(body, handles.as_ptr(), handles.len(), sink, context);
        });
        Outcome {
            json: said,
            outputs: std::mem::take(&mut OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Gives bytes in a form (1 npy, 2 csr, 3 json, 4 utf8, 5 bytes).
    pub fn give(&self, form: u32, bytes: &[u8], meta: &Json) -> Result<u64, Json> {
        type Give = unsafe extern "C" fn(
            u32,
            *const u8,
            usize,
            *const u8,
            usize,
            *mut c_void,
            Release,
            Sink,
            *mut c_void,
        ) -> u64;
        // SAFETY: the type is that of the function.
        let give: Symbol<Give> = unsafe { self.get("flownote_value_bytes") };
        let meta = meta.to_string();
        // Sixty-four bytes in front: memory that is aligned as a mapped file's.
        let owner = Box::new(bytes.to_vec());
        let (pointer, length) = (owner.as_ptr(), owner.len());
        let owner = Box::into_raw(owner).cast();
        let mut handle = 0;
        // SAFETY: the bytes stay until `released`.
        let said = listen(|sink, context| unsafe {
            handle = give(
                form,
                pointer,
                length,
                meta.as_ptr(),
                meta.len(),
                owner,
                Some(released),
                sink,
                context,
            );
        });
        if handle == 0 { Err(said) } else { Ok(handle) }
    }

    /// How often lent memory was given back, in this process.
    pub fn releases(&self) -> usize {
        RELEASED.load(Ordering::SeqCst)
    }

    /// What is known of a value.
    pub fn describe(&self, handle: u64) -> Json {
        // SAFETY: the type is that of the function.
        let describe: Symbol<extern "C" fn(u64, Sink, *mut c_void)> =
            unsafe { self.get("flownote_value_describe") };
        listen(|sink, context| describe(handle, sink, context))
    }

    /// Encodes a value.
    pub fn export(&self, handle: u64) -> Result<Exported, Json> {
        self.exported(handle).map(|mut export| {
            // SAFETY: the prelude says what is there; the stream is released once.
            unsafe {
                if let Some(release) = export.stream.release {
                    release(&raw mut export.stream);
                }
                self.read(export)
            }
        })
    }

    /// Hands a table out and takes it back as another program's: returns its new handle.
    pub fn through_stream(&self, handle: u64, meta: &Json) -> u64 {
        type Take = unsafe extern "C" fn(*mut Stream, *const u8, usize, Sink, *mut c_void) -> u64;
        // SAFETY: the type is that of the function.
        let take: Symbol<Take> = unsafe { self.get("flownote_value_arrow") };
        let mut export = self.exported(handle).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(export.form, 0, "a stream");
        let (meta, mut taken) = (meta.to_string(), 0);
        // SAFETY: it is a stream, handed over once.
        let said = listen(|sink, context| unsafe {
            taken = take(&raw mut export.stream, meta.as_ptr(), meta.len(), sink, context);
        });
        assert_ne!(taken, 0, "{said}");
        // SAFETY: as in `export`.
        unsafe { self.read(export) };
        taken
    }

    fn exported(&self, handle: u64) -> Result<Export, Json> {
        type Function = unsafe extern "C" fn(u64, *mut Export, Sink, *mut c_void) -> i32;
        // SAFETY: the type is that of the function.
        let function: Symbol<Function> = unsafe { self.get("flownote_value_export") };
        let mut out = std::mem::MaybeUninit::<Export>::uninit();
        let mut code = 0;
        // SAFETY: it writes to `out` when it returns 0.
        let said = listen(|sink, context| unsafe {
            code = function(handle, out.as_mut_ptr(), sink, context);
        });
        // SAFETY: it was written.
        if code == 0 { Ok(unsafe { out.assume_init() }) } else { Err(said) }
    }

    /// # Safety
    /// The prelude wrote the export, and it wasn't read before.
    unsafe fn read(&self, export: Export) -> Exported {
        let mut bytes = Vec::new();
        // SAFETY: pieces and record stay until `release`.
        let record = unsafe {
            for place in 0..export.count {
                let piece = &*export.pieces.add(place);
                if piece.length > 0 {
                    bytes.extend_from_slice(std::slice::from_raw_parts(piece.data, piece.length));
                }
            }
            std::slice::from_raw_parts(export.record, export.record_length)
        };
        let record = serde_json::from_slice(record).expect("a record is JSON");
        export.release.expect("something to release")(export.owner);
        Exported { bytes, record }
    }

    /// Forgets a value.
    pub fn forget(&self, handle: u64) {
        // SAFETY: the type is that of the function.
        let drop: Symbol<extern "C" fn(u64)> = unsafe { self.get("flownote_value_drop") };
        drop(handle);
    }

    /// Presses the button that stops cells.
    pub fn stop(&self) {
        STOP.store(true, Ordering::SeqCst);
    }

    /// The compiler's arguments that name an items' crate.
    pub fn name(name: &str, library: &Path) -> [String; 2] {
        ["--extern".to_owned(), format!("{name}={}", library.display())]
    }
}

/// Has the last expression shown, as the host's own split of a cell does.
fn shown(lines: &str) -> String {
    let block: syn::Block = syn::parse_str(&format!("{{{lines}\n}}")).expect("lines parse");
    let Some(syn::Stmt::Expr(tail, None)) = block.stmts.last() else { return lines.to_owned() };
    if matches!(tail, syn::Expr::ForLoop(_) | syn::Expr::Loop(_) | syn::Expr::If(_)) {
        return lines.to_owned();
    }
    // Of the text with a brace in front.
    let range = syn::spanned::Spanned::span(tail).byte_range();
    let (start, end) = (range.start - 1, range.end - 1);
    format!("{}::flownote::show!(__cell, {}){}", &lines[..start], &lines[start..end], &lines[end..])
}

fn listen(call: impl FnOnce(Sink, *mut c_void)) -> Json {
    let mut heard: Vec<u8> = Vec::new();
    call(hear, (&raw mut heard).cast());
    serde_json::from_slice(&heard).unwrap_or_default()
}

/// How a cell ended, and what it showed.
#[derive(Debug)]
pub struct Outcome {
    pub json: Json,
    pub outputs: Vec<Json>,
}

impl Outcome {
    /// The values of a cell that ended well.
    pub fn values(&self) -> BTreeMap<String, u64> {
        assert_eq!(self.json["status"], "ok", "{}", self.json);
        let values = self.json["values"].as_object().expect("values");
        values
            .iter()
            .map(|(name, handle)| (name.clone(), handle.as_u64().expect("a handle")))
            .collect()
    }

    /// The only value.
    pub fn value(&self) -> u64 {
        *self.values().values().next().expect("a value")
    }

    /// What the last line gave, as text.
    pub fn text(&self) -> &str {
        assert_eq!(self.json["status"], "ok", "{}", self.json);
        let result = self.outputs.iter().find(|it| it["kind"] == "result").expect("a result");
        result["data"]["text/plain"].as_str().expect("text")
    }
}
