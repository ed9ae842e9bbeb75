//! Networks in ONNX files, computed by ONNX Runtime: the library that the package `onnxruntime`
//! of PyPI brings. It is loaded when a network is first asked for, and then for good.

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use flownote_models::artwork::faces::{Level, Network, STRIDES, Said};
use flownote_models::{ModelError, Result};
use ort::environment::Environment;
use ort::session::Session;
use ort::value::TensorRef;

/// What runs all networks of this process. Sessions have no threads of their own: a forked child
/// may use it.
static RUNTIME: OnceLock<Environment> = OnceLock::new();

/// A network of YuNet's form.
pub struct Onnx {
    model: Vec<u8>,
    size: Option<(usize, usize)>,
    /// Sessions that no thread uses. Locked while one is taken or put back.
    idle: Mutex<Vec<Session>>,
}

impl Onnx {
    /// The network of a file's bytes, by the library at that path.
    pub fn new(library: &Path, model: Vec<u8>) -> Result<Self> {
        runtime(library)?;
        let network = Self { model, size: None, idle: Mutex::new(Vec::new()) };
        let session = network.session().map_err(|problem| unfit(&problem))?;
        let names: Vec<&str> = session.outputs().iter().map(|output| output.name()).collect();
        let missing: Vec<String> = STRIDES
            .iter()
            .flat_map(|stride| PARTS.map(|part| format!("{part}_{stride}")))
            .filter(|name| !names.contains(&name.as_str()))
            .collect();
        if !missing.is_empty() {
            return Err(unfit(&format!("it has no outputs {}", missing.join(", "))));
        }
        let [input] = session.inputs() else {
            let count = session.inputs().len();
            return Err(unfit(&format!("it has {count} inputs, not a picture alone")));
        };
        let shape = input.dtype().tensor_shape().map(|shape| shape.to_vec()).unwrap_or_default();
        let size = match shape[..] {
            [_, 3, height, width] if height > 0 && width > 0 => {
                Some((width as usize, height as usize))
            }
            [_, 3, ..] if shape.len() == 4 => None,
            _ => return Err(unfit(&format!("its input is of the shape {shape:?}"))),
        };
        network.put_back(session);
        Ok(Self { size, ..network })
    }

    fn session(&self) -> std::result::Result<Session, String> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(session) = idle {
            return Ok(session);
        }
        let Some(runtime) = RUNTIME.get() else { return Err("nothing runs it".to_owned()) };
        // Frames are what is done at once; a thread of ours for each.
        let made = Session::builder(runtime).and_then(|builder| {
            builder.with_intra_threads(1)?.with_inter_threads(1)?.commit_from_memory(&self.model)
        });
        made.map_err(|error| error.to_string())
    }

    fn put_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }
}

/// The kinds of outputs, one for each stride: `cls_8` and so on.
const PARTS: [&str; 4] = ["cls", "obj", "bbox", "kps"];

fn runtime(library: &Path) -> Result<()> {
    static LOADING: Mutex<()> = Mutex::new(());
    let _one = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    if RUNTIME.get().is_some() {
        return Ok(());
    }
    let failed = |problem: String| {
        let hint = "install ONNX Runtime for this Python: pip install --upgrade onnxruntime";
        ModelError::input("faces", format!("can't be computed: {problem}"), hint)
    };
    let loaded = ort::init_from(library).map_err(|error| failed(error.to_string()))?;
    let made = loaded.with_name("flownote").with_telemetry(false).build();
    let made = made.map_err(|error| failed(error.to_string()))?;
    RUNTIME.get_or_init(|| made);
    Ok(())
}

fn unfit(problem: &str) -> ModelError {
    let hint =
        "give the path of a YuNet model: an ONNX file with the outputs cls, obj, bbox and kps";
    ModelError::input("faces", format!("isn't a network for faces: {problem}"), hint)
}

impl Network for Onnx {
    fn size(&self) -> Option<(usize, usize)> {
        self.size
    }

    fn run(
        &self,
        planes: &[f32],
        width: usize,
        height: usize,
    ) -> std::result::Result<Said, String> {
        let mut session = self.session()?;
        let said = said(&mut session, planes, [1, 3, height, width]);
        self.put_back(session);
        said.map_err(|error| error.to_string())
    }
}

fn said(session: &mut Session, planes: &[f32], shape: [usize; 4]) -> ort::Result<Said> {
    let picture = TensorRef::from_array_view((shape, planes))?;
    let outputs = session.run(ort::inputs![picture])?;
    let mut said = Said::default();
    for (level, stride) in said.iter_mut().zip(STRIDES) {
        let part = |part: &str| -> ort::Result<Vec<f32>> {
            let (_, values) = outputs[format!("{part}_{stride}")].try_extract_tensor::<f32>()?;
            Ok(values.to_vec())
        };
        *level = Level {
            class: part("cls")?,
            object: part("obj")?,
            boxes: part("bbox")?,
            points: part("kps")?,
        };
    }
    Ok(said)
}
