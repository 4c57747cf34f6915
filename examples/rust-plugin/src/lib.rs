//! Markdown to HTML for the example site builder, with `pulldown-cmark`.
//!
//! The contract is the world `renderer` of `wit/acme-site/v0.1`. The plugin asks for nothing: it sees the document it is
//! given and can write to the site builder's log.

mod anchors;
mod page;
mod raw_html;
mod urls;

mod bindings {
    wit_bindgen::generate!({
        world: "acme:site/renderer",
        path: [
            "../../wit/deps/wasi-io@0.2.12",
            "../../wit/deps/wasi-clocks@0.2.12",
            "../../wit/deps/wasi-random@0.2.12",
            "../../wit/deps/wasi-sockets@0.2.12",
            "../../wit/deps/wasi-filesystem@0.2.12",
            "../../wit/deps/wasi-cli@0.2.12",
            "../../wit/deps/wasi-http@0.2.12",
            "../../wit/acme-site/v0.1",
        ],
    });
    export!(Plugin with_types_in self);

    use super::Plugin;
}

use bindings::acme::site::log::{Level, log};
use bindings::acme::site::types::Document;
use bindings::exports::acme::site::render::{Guest, Page};

struct Plugin;

impl Guest for Plugin {
    fn render(doc: Document) -> Result<Page, String> {
        if doc.markdown.contains('\0') {
            return Err(format!("{} is not text: it has a NUL character", doc.path));
        }
        let rendered = page::render(&doc.markdown);
        if rendered.removed > 0 {
            log(
                Level::Debug,
                &format!("{}: left out {} HTML elements", doc.path, rendered.removed),
            );
        }
        Ok(rendered.page)
    }
}
