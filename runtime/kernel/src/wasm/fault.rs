//! Why and where a guest stopped.

use std::fmt;

use wasmtime::WasmBacktrace;

/// What a guest did that can't be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap(pub wasmtime::Trap);

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use wasmtime::Trap as Kind;
        f.write_str(match self.0 {
            Kind::StackOverflow => "its calls nest too deeply",
            Kind::MemoryOutOfBounds => "it read or wrote outside its memory",
            Kind::TableOutOfBounds => "it called, or copied, beyond the end of a table",
            Kind::IndirectCallToNull => "it called an empty place of a table",
            Kind::BadSignature => "it called a function of another type",
            Kind::IntegerOverflow => "an integer division overflowed",
            Kind::IntegerDivisionByZero => "an integer was divided by zero",
            Kind::BadConversionToInteger => "a number has no integer of the type it was made",
            Kind::UnreachableCodeReached => "it gave up (`unreachable`)",
            other => return write!(f, "{other}"),
        })
    }
}

/// Where a guest was, as far as the module tells: function, file, line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The guest's function.
    pub function: Option<String>,
    /// The file, or the cell's label.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
}

impl Place {
    /// The innermost place that `error` knows of, a line if there is one. Code that
    /// compilers add (memory operations, arithmetic) has lines of no use to a reader, so
    /// the innermost file that isn't a compiler's wins.
    pub(super) fn of(error: &wasmtime::Error) -> Self {
        let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return Self::default() };
        let mut lines = trace.frames().iter().flat_map(|frame| {
            frame.symbols().iter().filter_map(|symbol| {
                let file = symbol.file().filter(|file| !file.contains("compiler_rt"))?;
                let function = symbol.name().or(frame.func_name()).map(str::to_owned);
                let file = file.rsplit('/').next().map(str::to_owned);
                Some(Self { function, file, line: Some(symbol.line()?) })
            })
        });
        lines.next().unwrap_or_else(|| Self {
            function: trace.frames().iter().find_map(|f| f.func_name()).map(str::to_owned),
            ..Self::default()
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = &self.function {
            write!(f, ", in `{function}`")?;
        }
        if let (Some(file), Some(line)) = (&self.file, self.line) {
            write!(f, " at {file}, line {line}")?;
        }
        Ok(())
    }
}
