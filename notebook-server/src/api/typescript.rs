//! The TypeScript twins of these types: generated, committed, and current.

use std::collections::BTreeMap;
use std::path::Path;

use ts_rs::{Config, TS, TypeVisitor};

const HEAD: &str = "\
// The types of the server's answers. Made from notebook-server/src/api by `make types`;
// what is changed here by hand is lost.
";

/// Collects a type and all that it is made of, by name.
struct Collect<'a> {
    config: &'a Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Collect<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // What has no file of its own is built into the language.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(self.config);
        if self.found.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.found.insert(name, format!("{docs}export {}", T::decl(self.config)));
        T::visit_dependencies(self);
    }
}

fn generated() -> String {
    let config = Config::new().with_large_int("number");
    let mut all = Collect { config: &config, found: BTreeMap::new() };
    all.visit::<super::Me>();
    all.visit::<super::ErrorBody>();
    all.visit::<super::FlowRow>();
    all.visit::<super::RunList>();
    all.visit::<super::RunDetail>();
    all.visit::<super::WhyRow>();
    all.visit::<super::TaskList>();
    all.visit::<super::Heat>();
    all.visit::<super::TaskDetail>();
    all.visit::<super::LogPage>();
    all.visit::<super::ArtifactDetail>();
    all.visit::<super::CodeDetail>();
    all.visit::<super::Comparison>();
    all.visit::<super::TaskEvent>();
    all.visit::<super::RunEvent>();
    all.visit::<super::LogEvent>();
    let types: Vec<String> = all.found.into_values().collect();
    // Links of Rust's documentation mean nothing there.
    let types = types.join("\n\n").replace("[`super::", "`").replace("`]", "`");
    format!("{HEAD}\n{types}\n")
}

#[test]
fn the_typescript_types_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src/api/types.ts");
    let current = generated();
    if std::env::var_os("FLOWNOTE_TEST_ACCEPT").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, &current).expect("the file is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "notebook-server/web/src/api/types.ts is not current; `make types` makes it anew"
    );
}
