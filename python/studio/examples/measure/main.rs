//! Measures a kernel as the browser's server has it: over its socket, with the interpreters
//! of users. The notebook rows of `make bench`; the last line is JSON.
//!
//! ```text
//! measure --python PYTHON --studio PYTHON [--rust PYTHON] [ROW…]
//! ```

mod kernel;
mod rows;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use flownote_kernel::interpreter::Launch;
use flownote_notebook::session::Group;

/// What a row found: names with their unit, and numbers.
pub type Found = BTreeMap<&'static str, f64>;
/// A measurement that can't be made says why.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// How interpreters are started.
#[derive(Clone, Default)]
pub struct Interpreters(pub BTreeMap<Group, Launch>);

struct Asked {
    interpreters: Interpreters,
    rows: Vec<String>,
}

fn asked() -> Outcome<Asked> {
    let mut asked = Asked { interpreters: Interpreters::default(), rows: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut program =
            || words.next().map(PathBuf::from).ok_or(format!("{word} names no program"));
        let launches = &mut asked.interpreters.0;
        match word.as_str() {
            "--python" => drop(launches.insert(Group::Python, Launch::python(program()?))),
            "--studio" => drop(launches.insert(Group::Tables, Launch::tables(program()?))),
            "--rust" => {
                let arguments = ["-m", "flownote_studio.rust"].map(str::to_owned).to_vec();
                let launch = Launch { program: program()?, arguments, ..Launch::default() };
                launches.insert(Group::Rust, launch);
            }
            _ => asked.rows.push(word),
        }
    }
    Ok(asked)
}

fn main() -> Outcome<()> {
    let Asked { interpreters, rows } = asked()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(rows::measure(&interpreters, &rows))?;
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}
