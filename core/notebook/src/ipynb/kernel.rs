//! The kernel that a notebook names: papermill, nbclient and Jupyter start it without being
//! told. A file that names one, or a language, keeps what it says.

use serde_json::{Value, json};

use super::marker::Default;
use crate::{Document, Language};

/// The kernel's name where Jupyter looks for it.
pub const NAME: &str = "flownote";
/// What people read in Jupyter's list.
pub const TITLE: &str = "Flownote (Python, SQL, Rust, WASM)";

fn specification() -> Value {
    json!({"display_name": TITLE, "language": "python", "name": NAME})
}

/// Whether a document names no kernel, or this one as new files name it.
pub(crate) fn is_usual(document: &Document) -> bool {
    document.metadata.get("kernelspec").is_none_or(|named| *named == specification())
}

impl Document {
    /// Names the kernel in a notebook that becomes a new file, if nothing is named yet and
    /// cells that don't say otherwise are Python.
    pub fn name_kernel(&mut self) {
        let metadata = &mut self.metadata;
        let is_python = Default::of(metadata) == Default::Known(Language::Python);
        if !metadata.contains_key("kernelspec") && is_python {
            metadata.insert("kernelspec".into(), specification());
        }
        if !metadata.contains_key("language_info") && is_usual(self) {
            let language =
                json!({"file_extension": ".py", "mimetype": "text/x-python", "name": "python"});
            self.metadata.insert("language_info".into(), language);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(metadata: Value, kernel: Value, language: Value) {
        let mut document = Document::default();
        document.metadata = metadata.as_object().cloned().unwrap();
        document.name_kernel();
        let of = |key: &str, field: &str| {
            document.metadata.get(key).map_or(Value::Null, |it| it[field].clone())
        };
        assert_eq!((of("kernelspec", "name"), of("language_info", "name")), (kernel, language));
    }

    #[test]
    fn a_notebook_that_names_a_kernel_or_a_language_keeps_it() {
        check(json!({}), json!("flownote"), json!("python"));
        check(json!({"kernelspec": {"name": "python3"}}), json!("python3"), Value::Null);
        check(json!({"language_info": {"name": "python"}}), json!("flownote"), json!("python"));
        check(json!({"language_info": {"name": "R"}}), Value::Null, json!("R"));
        check(json!({"kernelspec": {"name": "ir", "language": "R"}}), json!("ir"), Value::Null);
    }
}
