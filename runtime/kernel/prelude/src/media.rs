//! Wrappers that say how something is shown: as a page, a picture, a chart, a formula.

use serde::Serialize;
use serde_json::Value as Json;

use crate::show::{Bundle, Show};

macro_rules! texts {
    ($($(#[$about:meta])* $name:ident: $mime:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $name<S>(pub S);

        impl<S: AsRef<str>> Show for $name<S> {
            fn show(&self) -> Bundle {
                Bundle::new($mime, self.0.as_ref())
            }
        }
    )*};
}

texts! {
    /// HTML: `Html("<b>bold</b>")`. Scripts run in a frame of their own.
    Html: "text/html";
    /// A drawing: `Svg("<svg …>…</svg>")`.
    Svg: "image/svg+xml";
    /// Markdown: `Markdown("# Results")`.
    Markdown: "text/markdown";
    /// A formula: `Latex(r"$\bar x = 3$")`.
    Latex: "text/latex";
    /// Text as it is, without quotes.
    Text: "text/plain";
}

/// A picture's bytes, as in a PNG file: `Png(std::fs::read("plot.png")?)`.
#[derive(Clone, Debug)]
pub struct Png<B>(pub B);

/// A picture's bytes, as in a JPEG file.
#[derive(Clone, Debug)]
pub struct Jpeg<B>(pub B);

impl<B: AsRef<[u8]>> Show for Png<B> {
    fn show(&self) -> Bundle {
        Bundle::new("image/png", base64(self.0.as_ref()))
    }
}

impl<B: AsRef<[u8]>> Show for Jpeg<B> {
    fn show(&self) -> Bundle {
        Bundle::new("image/jpeg", base64(self.0.as_ref()))
    }
}

/// A chart's description in Vega-Lite (or Vega, when its `$schema` says so):
///
/// ```ignore
/// Vega(json!({
///     "data": {"values": points},
///     "mark": "point",
///     "encoding": {"x": {"field": "x", "type": "quantitative"},
///                  "y": {"field": "y", "type": "quantitative"}},
/// }))
/// ```
#[derive(Clone, Debug)]
pub struct Vega<J>(pub J);

impl<J: Serialize> Show for Vega<J> {
    fn show(&self) -> Bundle {
        match serde_json::to_value(&self.0) {
            Ok(chart) => {
                let mime = chart_type(chart["$schema"].as_str().unwrap_or_default());
                Bundle::new(&mime, chart).and("text/plain", "a Vega chart")
            }
            Err(error) => Bundle::text(format!("a chart that can't be written as JSON: {error}")),
        }
    }
}

/// The MIME type of a chart whose schema is `https://vega.github.io/schema/vega-lite/v5.json`.
fn chart_type(schema: &str) -> String {
    let version = schema.rsplit("/v").next().and_then(|rest| rest.split('.').next());
    let version = version.and_then(|it| it.parse::<u32>().ok());
    if schema.contains("/vega/") {
        format!("application/vnd.vega.v{}+json", version.unwrap_or(5))
    } else {
        format!("application/vnd.vegalite.v{}+json", version.unwrap_or(5))
    }
}

impl Show for Json {
    fn show(&self) -> Bundle {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        Bundle::new("application/json", self.clone()).and("text/plain", crate::show::bounded(text))
    }
}

/// Base64 with its fill (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for letter in 0..4 {
            if letter <= chunk.len() {
                let index = (bits >> (18 - 6 * letter)) & 63;
                text.push(char::from(LETTERS[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}
