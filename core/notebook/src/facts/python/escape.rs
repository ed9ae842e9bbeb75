//! What `!` and `%` lines do, as far as their names tell.

use ruff_python_ast::{IpyEscapeKind, Mod};

use super::walk::{self, Walker};
use crate::facts::{Definition, Flow, Name};
use crate::lines::{self, BodyIs, CellMagic, CellText};

/// Commands of the shell that only look.
const LOOKING: &[&str] = &[
    "ls",
    "ll",
    "cat",
    "head",
    "tail",
    "wc",
    "pwd",
    "echo",
    "grep",
    "find",
    "du",
    "df",
    "which",
    "nvidia-smi",
    "date",
    "uname",
    "free",
    "nproc",
    "env",
    "printenv",
    "tree",
    "file",
    "stat",
    "sort",
    "cut",
    "uniq",
    "lscpu",
    "whoami",
    "hostname",
    "id",
    "ps",
    "uptime",
    "md5sum",
    "sha256sum",
    "zcat",
    "less",
    "more",
    "man",
    "type",
    "test",
    "true",
    "lsblk",
];

/// Magics that set what the interpreter or a module does.
const SETTING: &[&str] = &[
    "matplotlib",
    "config",
    "load_ext",
    "reload_ext",
    "unload_ext",
    "autoreload",
    "precision",
    "pdb",
    "xmode",
    "colors",
    "cd",
    "env",
    "set_env",
    "pushd",
    "popd",
    "alias",
    "autocall",
    "automagic",
    "logstart",
    "logstop",
    "gui",
    "rerun",
    "debug",
    "aimport",
];

/// Magics that show something.
const SHOWING: &[&str] = &[
    "who",
    "whos",
    "who_ls",
    "history",
    "hist",
    "lsmagic",
    "magic",
    "pwd",
    "ls",
    "pinfo",
    "pinfo2",
    "psource",
    "pdoc",
    "pdef",
    "pfile",
    "psearch",
    "page",
    "quickref",
    "html",
    "HTML",
    "latex",
    "markdown",
    "javascript",
    "js",
    "svg",
    "SVG",
    "time",
    "timeit",
    "prun",
    "capture",
    "memit",
    "mprun",
    "pip_list",
    "cat",
    "ll",
    "tb",
    "python_here",
];

/// Magics whose line is Python.
const TIMING: &[&str] = &["time", "timeit", "prun", "memit"];

impl<'a> Walker<'a> {
    /// A command on a line, or as an assignment's value.
    pub fn escape(&mut self, kind: IpyEscapeKind, value: &str, line: u32) {
        match kind {
            IpyEscapeKind::Shell | IpyEscapeKind::ShCap => self.shell(value, line),
            IpyEscapeKind::Help | IpyEscapeKind::Help2 => {
                let root = value.trim_start_matches(['%', ' ']).split(['.', '[', '(']).next();
                self.read_text(root.unwrap_or_default());
            }
            IpyEscapeKind::Magic | IpyEscapeKind::Magic2 => {
                let value = value.trim();
                let (name, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
                self.line_magic(name, rest.trim(), line);
            }
            IpyEscapeKind::Quote | IpyEscapeKind::Quote2 | IpyEscapeKind::Paren => {
                let function = value.split_whitespace().next().unwrap_or_default();
                self.read_text(function);
                self.effect(&format!("calls `{function}`"), line, false, Some(function.into()));
            }
        }
    }

    /// A cell magic's own line; what is below it is visited by others, if it is Python.
    pub fn cell_magic(&mut self, magic: &CellMagic<'a>) {
        let line = 1;
        self.names_in_command(magic.arguments);
        match magic.name {
            "capture" => {
                if let Some(name) =
                    magic.arguments.split_whitespace().find(|word| !word.starts_with('-'))
                {
                    self.bind_name(name, Definition::default());
                }
            }
            "writefile" | "file" | "writetemplate" => {
                self.effect("writes a file", line, true, None)
            }
            "bash" | "sh" | "script" | "sx" | "system" | "!" | "cmd" | "perl" | "ruby"
            | "python" | "python2" | "python3" | "pypy" => {
                let mut words = magic.arguments.split_whitespace();
                while let Some(word) = words.next() {
                    if matches!(word, "--out" | "--err" | "--proc")
                        && let Some(name) = words.next()
                    {
                        self.bind_name(name, Definition::default());
                    }
                }
                let looks = magic.body.lines().map(str::trim);
                let code = looks.filter(|line| !line.is_empty() && !line.starts_with('#'));
                if !code.clone().all(only_looks) {
                    self.effect(&format!("runs `%%{}`", magic.name), line, true, None);
                }
            }
            name if SHOWING.contains(&name) => {}
            name => self.effect(&format!("runs `%%{name}`"), line, false, None),
        }
    }

    fn line_magic(&mut self, name: &str, rest: &str, line: u32) {
        match name {
            "sx" | "system" | "sc" => return self.shell(rest, line),
            "pip" | "conda" | "mamba" | "uv" | "micromamba" | "pip3" => {
                let looks = ["list", "show", "freeze", "check"];
                if !rest.split_whitespace().next().is_some_and(|verb| looks.contains(&verb)) {
                    self.effect(&format!("installs by `%{name}`"), line, true, None);
                }
            }
            "run" | "load" | "pylab" | "reset" | "reset_selective" | "xdel" | "macro"
            | "recall" => {
                self.coarse(&format!("`%{name}` may bind any name"));
                self.facts.binds_unseen = true;
                self.effect(&format!("runs `%{name}`"), line, false, None);
            }
            "store" | "save" | "notebook" | "writefile" => {
                self.effect(&format!("runs `%{name}`"), line, true, None);
            }
            _ if TIMING.contains(&name) => self.timed_line(name, rest),
            _ if SHOWING.contains(&name) => {}
            _ if SETTING.contains(&name) => {
                self.effect(&format!("runs `%{name}`"), line, false, None);
            }
            // A magic of an extension: it may do anything.
            _ => self.effect(&format!("runs `%{name}`"), line, false, None),
        }
        self.names_in_command(rest);
    }

    fn shell(&mut self, command: &str, line: u32) {
        self.names_in_command(command);
        if !only_looks(command) {
            let name = command.split_whitespace().next().unwrap_or_default();
            self.effect(&format!("runs `!{name}`"), line, true, None);
        }
    }

    /// `%time x = f(y)`: the rest is Python of its own.
    fn timed_line(&mut self, name: &str, rest: &str) {
        let code = without_flags(rest);
        let function = BodyIs::Function;
        let magic = CellMagic { name: "timeit", arguments: "", body: code, is: function };
        let magic = (name == "timeit").then_some(magic);
        let cell = CellText { source: code, magic, body: code, body_offset: 0 };
        let parsed = lines::parse(code);
        let Mod::Module(module) = parsed.syntax() else { return };
        let facts = walk::module(&cell, &module.body);
        for name in facts.now.into_keys() {
            self.read_now(name.clone());
            self.flows.insert(name, Flow::Whole);
        }
        for (name, mutation) in facts.mutates {
            self.change_in(0, name, mutation, 1, 0);
        }
        for (name, definition) in facts.defs {
            self.define(name, definition);
        }
        self.facts.calls.extend(facts.calls);
        self.facts.imports.extend(facts.imports);
        self.facts.effects.extend(facts.effects);
    }

    /// `!echo {x} $y` reads `x` and `y`.
    fn names_in_command(&mut self, command: &str) {
        let bytes = command.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'{' => {
                    let end = command[at..].find('}').map_or(bytes.len(), |end| at + end);
                    self.names_in_expression(&command[at + 1..end]);
                    at = end;
                }
                b'$' if bytes.get(at + 1) == Some(&b'$') => at += 1,
                b'$' => {
                    let rest = &command[at + 1..];
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    self.read_text(&rest[..end.unwrap_or(rest.len())]);
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn names_in_expression(&mut self, code: &str) {
        let cell = CellText { source: code, magic: None, body: code, body_offset: 0 };
        let parsed = lines::parse(code);
        if let (Mod::Module(module), false) = (parsed.syntax(), parsed.has_invalid_syntax()) {
            for name in walk::module(&cell, &module.body).now.into_keys() {
                self.read_now(name);
            }
        }
    }

    fn read_text(&mut self, name: &str) {
        let starts = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
        if starts && self.find(name) == 0 {
            self.read_now(Name::from(name));
        }
    }
}

fn only_looks(command: &str) -> bool {
    if command.contains(['>', '`']) || command.contains("$(") {
        return false;
    }
    command.split(['|', ';', '&']).map(str::trim).filter(|part| !part.is_empty()).all(|part| {
        let mut words = part.split_whitespace();
        let first = words.next().unwrap_or_default();
        LOOKING.contains(&first) || part.ends_with("--version") || part.ends_with("--help")
    })
}

/// `-n 10 -r 3 f(x)` without the options.
fn without_flags(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some(flag) = rest.strip_prefix('-').filter(|f| f.starts_with(char::is_alphabetic)) {
        let (word, after) = flag.split_once(char::is_whitespace).unwrap_or((flag, ""));
        rest = after.trim_start();
        let takes_a_value = matches!(word, "n" | "r" | "p" | "l" | "s" | "T" | "D");
        if takes_a_value {
            rest = rest.split_once(char::is_whitespace).map_or("", |(_, after)| after.trim_start());
        }
    }
    rest
}
