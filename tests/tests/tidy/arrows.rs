//! Dependencies point up the list of layers, never down.

use crate::workspace::{Member, members};

/// The layers from the bottom up: a crate depends on its own layer and those before it.
const LAYERS: [&str; 5] = ["core", "runtime", "notebook-server", "python", "tests"];

/// What nothing in `core` is built from: a clock, files, sockets, processes, async, Python.
const NOT_IN_CORE: [&str; 10] = [
    "tokio",
    "futures",
    "async-trait",
    "object_store",
    "nix",
    "pyo3",
    "jiff",
    "reqwest",
    "tempfile",
    "rusqlite",
];

/// Packages that only one folder may name, the tests aside.
const LIVES_ONLY_IN: [(&str, &[&str]); 5] = [
    ("object_store", &["runtime/store"]),
    ("datafusion", &["runtime/data"]),
    ("wasmtime", &["runtime/kernel"]),
    ("axum", &["notebook-server"]),
    ("pyo3", &["python", "python/studio"]),
];

/// Crates of one layer that meet in the store and in the doors, not in each other.
const STRANGERS: [&str; 3] = ["runtime/engine", "runtime/data", "runtime/kernel"];

/// What the light wheel is never built from.
const NOT_IN_THE_LIGHT_WHEEL: [&str; 8] = [
    "datafusion",
    "wasmtime",
    "axum",
    "arrow",
    "zeromq",
    "flownote-data",
    "flownote-kernel",
    "flownote-models",
];

/// What the two halves of a notebook's process are never built from: they don't know one
/// another, and are joined in the studio's wheel.
const APART: [(&str, &str); 2] = [("runtime/data", "wasmtime"), ("runtime/kernel", "datafusion")];

fn layer(member: &Member) -> usize {
    let top = member.folder.split('/').next().unwrap_or_default();
    LAYERS
        .iter()
        .position(|layer| *layer == top)
        .unwrap_or_else(|| panic!("`{}` stands in `{top}`, which is no layer", member.name))
}

#[test]
fn no_crate_depends_on_a_layer_above_it() {
    let members = members();
    for member in &members {
        for other in members.iter().filter(|other| member.closure.contains(&other.name)) {
            assert!(
                layer(other) <= layer(member) && layer(other) < LAYERS.len() - 1,
                "`{}` depends on `{}`, which is above it",
                member.folder,
                other.folder
            );
        }
    }
}

#[test]
fn core_is_pure() {
    for member in members().iter().filter(|member| layer(member) == 0) {
        for name in NOT_IN_CORE {
            assert!(!member.closure.contains(name), "`{}` is built from `{name}`", member.folder);
        }
    }
}

#[test]
fn heavy_packages_live_in_one_place() {
    for member in members().iter().filter(|member| member.folder != "tests") {
        for (name, homes) in LIVES_ONLY_IN {
            assert!(
                !member.direct.contains(name) || homes.contains(&member.folder.as_str()),
                "`{}` names `{name}`, which lives only in `{}`",
                member.folder,
                homes.join("` and `")
            );
        }
    }
}

#[test]
fn queries_and_guests_are_strangers() {
    let members = members();
    for (folder, package) in APART {
        let member = members.iter().find(|member| member.folder == folder).expect("it is there");
        assert!(!member.closure.contains(package), "`{folder}` is built from `{package}`");
    }
}

#[test]
fn the_studio_joins_what_is_apart() {
    let members = members();
    let studio = members.iter().find(|member| member.folder == "python/studio").expect("the wheel");
    for (folder, _) in APART {
        let member = members.iter().find(|member| member.folder == folder).expect("it is there");
        assert!(studio.direct.contains(&member.name), "the studio leaves `{folder}` out");
    }
    assert!(!studio.closure.contains("flownote-python"), "the wheels are built from one another");
}

#[test]
fn the_wheels_have_one_version() {
    let text =
        std::fs::read_to_string(crate::workspace::root().join("python/studio/pyproject.toml"))
            .expect("the studio's project");
    let wanted = format!("\"flownote=={}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&wanted), "python/studio/pyproject.toml doesn't ask for {wanted}");
}

#[test]
fn engine_data_and_kernel_meet_in_the_store() {
    let members = members();
    let strangers: Vec<&Member> =
        members.iter().filter(|member| STRANGERS.contains(&member.folder.as_str())).collect();
    for one in &strangers {
        for other in &strangers {
            assert!(
                !one.closure.contains(&other.name),
                "`{}` depends on `{}`",
                one.folder,
                other.folder
            );
        }
    }
}

#[test]
fn the_light_wheel_stays_light() {
    let members = members();
    let wheel = members.iter().find(|member| member.folder == "python").expect("the wheel");
    for name in NOT_IN_THE_LIGHT_WHEEL {
        assert!(!wheel.closure.contains(name), "the light wheel is built from `{name}`");
    }
}
