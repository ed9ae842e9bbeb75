//! A notebook as one page that needs nothing else and runs no script: HTML of outputs stands
//! in frames that may do nothing, and what only a script can draw is shown as text.

use std::fmt::Write;

use flownote_notebook::{Cell, Document, Language, Output};
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Map, Value};

/// The page may load nothing, whatever is in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const STYLE: &str = "\
:root{color-scheme:light dark}
body{font:16px/1.6 system-ui,sans-serif;max-width:56rem;margin:3rem auto;padding:0 1.5rem}
pre,code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
pre{overflow:auto;margin:0;padding:.6rem .9rem}
.cell{margin:1.4rem 0}
.code{border:1px solid #8884;border-radius:6px}
.label{font:12px/1 system-ui,sans-serif;opacity:.65;padding:.5rem .9rem 0}
.output pre.error,.output pre.stderr{border-left:3px solid #c33}
.output iframe{width:100%;border:0;resize:vertical;background:#fff}
img{max-width:100%}
table{display:block;overflow-x:auto;border-collapse:collapse}
td,th{padding:.2rem .6rem;border-bottom:1px solid #8884}
";

/// The page of a notebook.
pub fn page(title: &str, document: &Document) -> String {
    let title = escape(title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style></head>\n<body><main>\n"
    );
    document.cells().iter().for_each(|cell| put_cell(&mut page, cell));
    page.push_str("</main></body></html>\n");
    page
}

fn put_cell(page: &mut String, cell: &Cell) {
    match cell.language {
        Language::Markdown => {
            page.push_str("<section class=\"cell\">\n");
            put_markdown(page, &cell.source);
        }
        Language::Raw => {
            page.push_str("<section class=\"cell\">\n");
            put_pre(page, "", &cell.source);
        }
        language => {
            page.push_str("<section class=\"cell\"><div class=\"code\">\n");
            let count = cell.execution_count.map(|count| format!(" [{count}]")).unwrap_or_default();
            put(page, format_args!("<div class=\"label\">{}{count}</div>\n", language.title()));
            put_pre(page, "", &cell.source);
            page.push_str("</div>\n");
            if !cell.outputs.is_empty() {
                page.push_str("<div class=\"output\">\n");
                cell.outputs.iter().for_each(|output| put_output(page, output));
                page.push_str("</div>\n");
            }
        }
    }
    page.push_str("</section>\n");
}

fn put_markdown(page: &mut String, source: &str) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    // HTML in Markdown is shown as what was written, and links lead where browsers may go.
    let events = Parser::new_ext(source, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(pulldown_cmark::Tag::Link { link_type, dest_url, title, id })
            if !is_harmless(&dest_url) =>
        {
            Event::Start(pulldown_cmark::Tag::Link { link_type, dest_url: "".into(), title, id })
        }
        other => other,
    });
    pulldown_cmark::html::push_html(page, events);
}

fn is_harmless(link: &str) -> bool {
    match link.split_once(':') {
        Some((scheme, _)) => {
            let scheme = scheme.trim().to_ascii_lowercase();
            // A colon behind one of these is not that of a scheme.
            scheme.contains(['/', '#', '?'])
                || matches!(scheme.as_str(), "http" | "https" | "mailto")
        }
        None => true,
    }
}

fn put_output(page: &mut String, output: &Output) {
    match output {
        Output::Stream { name, text } => put_pre(page, name.name(), &without_ansi(text)),
        Output::Display { data, .. } | Output::Result { data, .. } => put_data(page, data),
        Output::Error { name, message, traceback, hint, .. } => {
            let lines = without_ansi(&traceback.join("\n"));
            let text = if lines.is_empty() { format!("{name}: {message}") } else { lines };
            let hint = hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
            put_pre(page, "error", &format!("{text}{hint}"));
        }
        Output::Update { .. } | Output::Clear { .. } | Output::Unknown { .. } => {}
    }
}

/// The best of what a page without scripts can show.
fn put_data(page: &mut String, data: &Map<String, Value>) {
    let text = |mime: &str| data.get(mime).and_then(Value::as_str);
    for mime in ["image/png", "image/jpeg", "image/gif", "image/webp"] {
        if let Some(base64) = text(mime) {
            let base64: String = base64.split_whitespace().collect();
            let source = escape(&format!("data:{mime};base64,{base64}"));
            put(page, format_args!("<img alt=\"\" src=\"{source}\">\n"));
            return;
        }
    }
    if let Some(svg) = text("image/svg+xml") {
        return put_frame(page, svg);
    }
    if let Some(html) = text("text/html") {
        return put_frame(page, html);
    }
    if let Some(markdown) = text("text/markdown") {
        return put_markdown(page, markdown);
    }
    match (text("text/plain"), data.get("application/json")) {
        (Some(plain), _) => put_pre(page, "", &without_ansi(plain)),
        (None, Some(json)) => {
            put_pre(page, "", &serde_json::to_string_pretty(json).unwrap_or_default());
        }
        (None, None) => {
            let kinds: Vec<&str> = data.keys().map(String::as_str).collect();
            put_pre(page, "", &format!("({})", kinds.join(", ")));
        }
    }
}

/// HTML of an output, in a frame in which nothing runs and from which nothing leads out.
fn put_frame(page: &mut String, html: &str) {
    let rows = html.matches("<tr").count().max(html.lines().count() / 4);
    let height = (60 + 26 * rows).clamp(120, 600);
    let inside = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
         content=\"{POLICY}\"><style>body{{font:14px/1.5 system-ui,sans-serif;margin:.5rem}}\
         table{{border-collapse:collapse}}td,th{{padding:.2rem .6rem}}\
         caption{{min-width:40ch;text-align:left}}</style>{html}"
    );
    let inside = escape(&inside);
    put(
        page,
        format_args!(
            "<iframe sandbox=\"\" title=\"output\" style=\"height:{height}px\" srcdoc=\"{inside}\"></iframe>\n"
        ),
    );
}

fn put_pre(page: &mut String, class: &str, text: &str) {
    let text = escape(text);
    // A line end right behind the tag would be lost.
    put(page, format_args!("<pre class=\"{class}\">\n{text}</pre>\n"));
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Text can be written to memory.
    let _ = page.write_fmt(text);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Text without the sequences by which terminals are told colours (ECMA-48 CSI and OSC).
fn without_ansi(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\u{1b}' {
            plain.push(character);
            continue;
        }
        match rest.next() {
            Some('[') => while rest.next_if(|it| !('@'..='~').contains(it)).is_some() {},
            Some(']') => while rest.next_if(|it| *it != '\u{7}' && *it != '\u{1b}').is_some() {},
            _ => continue,
        }
        rest.next();
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn display(data: Value) -> Output {
        let Value::Object(data) = data else { panic!("an object") };
        Output::Display { data, metadata: Map::new(), display_id: None }
    }

    #[test]
    fn nothing_of_a_notebook_becomes_a_script_of_the_page() {
        let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
        let mut cell = Cell::new("a", Language::Python, evil);
        cell.outputs = vec![
            Output::stdout(evil),
            display(json!({"text/html": format!("{evil}\"></iframe>{evil}")})),
            display(json!({"image/svg+xml": format!("<svg>{evil}</svg>")})),
            display(json!({"image/png": "x\"><script>"})),
            display(json!({"text/markdown": evil})),
            display(json!({"<script>": "x"})),
        ];
        let markdown =
            format!("# hi\n\n{evil} [x](javascript:alert(1)) [y](JaVa\tScript:x) `{evil}`");
        let cells = vec![
            cell,
            Cell::new("b", Language::Markdown, markdown),
            Cell::new("c", Language::Raw, evil),
        ];
        let page = page(evil, &Document::new(cells).expect("a document"));
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("<img src=x"), "{page}");
        assert!(!page.to_lowercase().contains("href=\"ja"), "{page}");
        assert_eq!(page.matches("<iframe sandbox=\"\"").count(), 2);
        assert_eq!(page.matches("</iframe>").count(), 2);
    }

    #[test]
    fn what_was_shown_is_shown() {
        let mut cell = Cell::new("a", Language::Sql, "select 1 < 2");
        cell.execution_count = Some(3);
        cell.outputs = vec![
            Output::stderr("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}x"),
            display(json!({"image/png": "iVBO\nRw==", "text/plain": "<Figure>"})),
            display(json!({"application/vnd.vega.v5+json": {}, "text/plain": "a chart"})),
        ];
        let cells = vec![Cell::new("m", Language::Markdown, "| a |\n|---|\n| 1 |"), cell];
        let page = page("t", &Document::new(cells).expect("a document"));
        for part in [
            "<td>1</td>",
            "SQL [3]",
            "select 1 &lt; 2",
            "<pre class=\"stderr\">\nred x</pre>",
            "src=\"data:image/png;base64,iVBORw==\"",
            "a chart",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }
}
