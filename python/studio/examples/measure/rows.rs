//! The rows: what is done, and what of it is timed.

use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flownote_notebook::Language::{self, Python, Sql};
use flownote_notebook::session::{Group, RunRequest};

use crate::kernel::{Kernel, cell};
use crate::{Found, Interpreters, Outcome};

/// How often what is short is repeated.
const ROUNDS: usize = 500;
/// How often what is longer is.
const FEW: usize = 11;
/// 12,500,000 numbers of eight bytes: 100 MB, in five columns.
const FRAME: &str = "import numpy as np, pandas as pd\nrandom = np.random.default_rng(0)\n\
                     made = pd.DataFrame({f'c{i}': random.random(2_500_000) for i in range(5)})";

/// Measures the rows that are named; all of them, if none is.
pub async fn measure(interpreters: &Interpreters, rows: &[String]) -> Outcome<Found> {
    let mut found = Found::new();
    let wanted = |row: &str| rows.is_empty() || rows.iter().any(|it| it == row);
    if wanted("start") {
        start(interpreters, &mut found).await?;
    }
    if wanted("one") {
        one(interpreters, &mut found).await?;
    }
    if wanted("frame") {
        frame(interpreters, &mut found).await?;
    }
    if wanted("interrupt") {
        interrupt(interpreters, &mut found).await?;
    }
    if wanted("lines") {
        lines(interpreters, &mut found).await?;
    }
    if wanted("restored") {
        restored(interpreters, &mut found).await?;
    }
    if wanted("rust") && interpreters.0.contains_key(&Group::Rust) {
        // It stands on the user's own compiler; the other rows don't.
        if let Err(error) = rust(interpreters, &mut found).await {
            eprintln!("Rust cells are not measured: {error}");
        }
    }
    Ok(found)
}

/// From nothing to an interpreter that answers, the datastore's opening included.
async fn start(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut times = Vec::new();
    for _ in 0..FEW {
        let began = Instant::now();
        let cells = [cell("a", Python, "1+1")];
        let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
        kernel.ready(Python).await?;
        times.push(began.elapsed());
        kernel.close().await?;
    }
    found.insert("start_ms", median(times));
    Ok(())
}

/// `1+1`, from the request to the message that it ended.
async fn one(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let cells = [cell("a", Python, "1+1")];
    let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
    kernel.run(&["a"]).await?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(kernel.run(&["a"]).await?.took);
    }
    kernel.close().await?;
    times.sort_unstable();
    found.insert("one_p95_ms", milliseconds(times[ROUNDS * 95 / 100]));
    found.insert("one_ms", median(times));
    Ok(())
}

/// A frame that is there is named, and a query reads it: the first time it is brought over,
/// then it is there.
async fn frame(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let cells = [
        cell("make", Python, FRAME),
        cell("name", Python, "frame = made"),
        cell("warm", Sql, "SELECT 1"),
        cell("ask", Sql, "SELECT c0 FROM frame LIMIT 1"),
    ];
    let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
    kernel.run(&["make", "warm"]).await?;
    let first = kernel.run(&["name", "ask"]).await?.took;
    let mut again = Vec::new();
    for _ in 0..FEW {
        again.push(kernel.run(&["ask"]).await?.took);
    }
    kernel.close().await?;
    found.insert("frame_first_ms", milliseconds(first));
    found.insert("frame_again_ms", median(again));
    Ok(())
}

/// A loop that never ends is stopped.
async fn interrupt(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let cells = [cell("loop", Python, "print('begun', flush=True)\nwhile True:\n    pass")];
    let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
    let mut times = Vec::new();
    for _ in 0..FEW {
        kernel.begin("loop").await?;
        times.push(kernel.interrupt().await?);
    }
    kernel.close().await?;
    found.insert("interrupt_ms", median(times));
    Ok(())
}

/// 100,000 lines are printed, and all of them arrive.
async fn lines(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    const COUNT: usize = 100_000;
    let folder = tempfile::tempdir()?;
    let source = format!("for number in range({COUNT}):\n    print('line', number)");
    let cells = [cell("print", Python, &source)];
    let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
    kernel.ready(Python).await?;
    let before = memory()?;
    let mut times = Vec::new();
    for _ in 0..3 {
        let ran = kernel.run(&["print"]).await?;
        let whole: usize = (0..COUNT).map(|number| format!("line {number}\n").len()).sum();
        if ran.shown != whole {
            return Err(format!("{} bytes arrived of {whole}", ran.shown).into());
        }
        times.push(ran.took);
    }
    kernel.close().await?;
    found.insert("lines_ms", median(times));
    found.insert("lines_memory_mb", (memory()? - before).max(0.0));
    Ok(())
}

/// A cell that took long in an earlier session: its result is taken (`--cache`), and its
/// value is given to the cell below in a process that never had it, but has run a cell: what
/// an interpreter imports for its first belongs to its start.
async fn restored(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let cells = [
        cell("slow", Python, "import time\ntime.sleep(1)\nrows = list(range(10_000))"),
        cell("use", Python, "len(rows)"),
        cell("warm", Python, "1"),
    ];
    let mut first = Kernel::open(folder.path(), interpreters, &cells, false).await?;
    first.request(RunRequest::All { reuse: true }).await?;
    first.close().await?;
    let (mut taken, mut given) = (Vec::new(), Vec::new());
    for _ in 0..FEW {
        let mut kernel = Kernel::open(folder.path(), interpreters, &cells, false).await?;
        kernel.run(&["warm"]).await?;
        let ran = kernel.request(RunRequest::All { reuse: true }).await?;
        taken.push(*ran.restored.first().ok_or("nothing was restored")?);
        kernel.close().await?;
        let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
        kernel.run(&["warm"]).await?;
        given.push(kernel.run(&["use"]).await?.took);
        kernel.close().await?;
    }
    found.insert("restored_ms", median(taken));
    found.insert("given_ms", median(given));
    Ok(())
}

/// A Rust cell as it stands, edited by a line, and over a frame of Arrow's.
async fn rust(interpreters: &Interpreters, found: &mut Found) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    // What an earlier measurement compiled is kept: an edit must be new.
    let new = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    let mut cells = vec![
        cell("frame", Python, "import pandas as pd\nframe = pd.DataFrame({'x': [1.0, 2.0]})"),
        cell("warm", Language::Rust, "let warm = 1;"),
        cell("plain", Language::Rust, &rust_cell(new, 0)),
    ];
    for round in 1..=FEW {
        cells.push(cell(&format!("edited{round}"), Language::Rust, &rust_cell(new, round)));
        let source = format!(
            "let batch = frame.to_record_batch()?;\nprintln!(\"{{}} {{}}\", batch.num_rows() + {round}, \
             {new}u128);"
        );
        cells.push(cell(&format!("arrow{round}"), Language::Rust, &source));
    }
    let mut kernel = Kernel::open(folder.path(), interpreters, &cells, true).await?;
    kernel.run(&["frame", "warm", "plain", "arrow1"]).await?;
    let (mut unchanged, mut edited, mut arrow) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=FEW {
        unchanged.push(kernel.run(&["plain"]).await?.took);
        edited.push(kernel.run(&[&format!("edited{round}")]).await?.took);
        if round > 1 {
            arrow.push(kernel.run(&[&format!("arrow{round}")]).await?.took);
        }
    }
    kernel.close().await?;
    found.insert("rust_unchanged_ms", median(unchanged));
    found.insert("rust_edited_ms", median(edited));
    found.insert("rust_arrow_ms", median(arrow));
    Ok(())
}

fn rust_cell(new: u128, round: usize) -> String {
    format!(
        "let words = vec![\"one\", \"two\", \"three\"];\nlet lengths: Vec<usize> = \
         words.iter().map(|word| word.len() + {round}).collect();\n\
         println!(\"{{}} {{}}\", lengths.iter().sum::<usize>(), {new}u128);"
    )
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    milliseconds(times[times.len() / 2])
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The most memory that this process, the kernel's, has had so far, in MB.
fn memory() -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: f64 = line.ok_or("no VmHWM")?.trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes / 1e3)
}
