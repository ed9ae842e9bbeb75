//! Has cargo look at the page's bundle: its files change their names when they change.

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
}
