//! The TypeScript twins of these types: generated, committed, and current.

use std::collections::BTreeMap;
use std::path::Path;

use ts_rs::{Config, TS, TypeVisitor};

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

/// TypeScript types, and what they are made of.
#[derive(Default)]
pub(crate) struct Types {
    found: BTreeMap<String, String>,
}

impl Types {
    /// Adds a type.
    pub fn add<T: TS + 'static + ?Sized>(&mut self) {
        let config = Config::new().with_large_int("number");
        let found = std::mem::take(&mut self.found);
        let mut all = Collect { config: &config, found };
        all.visit::<T>();
        self.found = all.found;
    }

    /// The text of a file.
    fn text(&self, made_from: &str) -> String {
        let types: Vec<&str> = self.found.values().map(String::as_str).collect();
        // Links of Rust's documentation mean nothing there.
        let types =
            types.join("\n\n").replace("[`super::", "`").replace("[`", "`").replace("`]", "`");
        format!(
            "// The types of the server's answers. Made from {made_from} by `make types`;\n\
             // what is changed here by hand is lost.\n\n{types}\n"
        )
    }
}

/// Fails when a file of the page doesn't say what these types are. Where the environment says
/// so, it is written anew.
pub(crate) fn check_current(file: &str, made_from: &str, types: &Types) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src/api").join(file);
    let current = types.text(made_from);
    if std::env::var_os("FLOWNOTE_TEST_ACCEPT").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, &current).expect("the file is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == current, "{} is not current; `make types` makes it anew", path.display());
}

#[test]
fn the_typescript_types_are_current() {
    let mut all = Types::default();
    all.add::<super::Me>();
    all.add::<super::ErrorBody>();
    all.add::<super::FlowRow>();
    all.add::<super::RunList>();
    all.add::<super::RunDetail>();
    all.add::<super::WhyRow>();
    all.add::<super::TaskList>();
    all.add::<super::Heat>();
    all.add::<super::TaskDetail>();
    all.add::<super::LogPage>();
    all.add::<super::ArtifactDetail>();
    all.add::<super::CodeDetail>();
    all.add::<super::Comparison>();
    all.add::<super::TaskEvent>();
    all.add::<super::RunEvent>();
    all.add::<super::LogEvent>();
    all.add::<super::Health>();
    all.add::<super::TagsChange>();
    all.add::<super::Resume>();
    all.add::<super::Resumed>();
    all.add::<super::ParameterForm>();
    all.add::<super::RunNotebook>();
    all.add::<super::Stopping>();
    all.add::<super::EndKernel>();
    all.add::<super::OpenTask>();
    all.add::<super::OpenedTask>();
    all.add::<super::TableInfo>();
    all.add::<super::TableView>();
    all.add::<super::TablePage>();
    all.add::<super::ColumnStatistics>();
    all.add::<super::TableQuery>();
    all.add::<super::QueryAnswer>();
    all.add::<super::CatalogList>();
    check_current("types.ts", "notebook-server/src/api", &all);
}
