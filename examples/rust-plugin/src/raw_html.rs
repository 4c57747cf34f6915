//! HTML inside Markdown. READMEs are full of it, and none of it can be trusted: what is known to be harmless is written
//! anew, balanced, with the attributes on the list; everything else is left out, and its text stays.

use crate::urls::{is_safe_image, is_safe_link};

const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "var",
];
/// Elements without content.
const VOID: &[&str] = &["br", "hr", "img"];
/// Elements whose content is not text for a reader.
const OPAQUE: &[&str] = &[
    "script", "style", "title", "textarea", "template", "noscript", "iframe", "svg", "math",
];
const PLAIN_ATTRIBUTES: &[&str] = &[
    "align", "alt", "colspan", "height", "open", "rowspan", "title", "valign", "width",
];

/// Elements inside elements. Bounds the search for a start tag, and no reader needs more.
const MAX_DEPTH: usize = 200;

/// Cleans the HTML of one document, piece by piece, and keeps it balanced with the elements that Markdown makes.
#[derive(Default)]
pub struct Cleaner {
    open: Vec<Open>,
    /// The element whose content is being left out, when it began in an earlier piece, and the depth it began at.
    hidden: Option<(&'static str, usize)>,
    /// Elements left out so far.
    pub removed: usize,
}

enum Open {
    Html(&'static str),
    Markdown,
}

impl Cleaner {
    /// One piece of HTML: a whole block, or one inline tag.
    pub fn clean(&mut self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut rest = self
            .hidden
            .map_or(html, |(name, _)| self.skip_content(name, html));
        while let Some(start) = rest.find('<') {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            match Token::parse(rest) {
                Some((token, length)) => {
                    rest = &rest[length..];
                    rest = self.write(token, rest, &mut out);
                }
                None => {
                    out.push_str("&lt;");
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// Whether the text that follows belongs to an element that is left out, such as a script in a paragraph.
    pub fn hides_text(&self) -> bool {
        self.hidden.is_some()
    }

    /// A block of HTML ends: what it hides ends with it.
    pub fn end_block(&mut self) {
        self.hidden = None;
    }

    /// Markdown opens an element: HTML elements that are opened inside it end with it.
    pub fn enter(&mut self) {
        self.open.push(Open::Markdown);
    }

    /// Markdown closes its element; gives the end tags that are still missing inside it.
    pub fn leave(&mut self) -> String {
        let mut out = String::new();
        while let Some(Open::Html(name)) = self.open.pop() {
            push_end_tag(name, &mut out);
        }
        self.hidden = self.hidden.filter(|(_, depth)| *depth <= self.open.len());
        out
    }

    /// Writes a token, and gives what is left to read after it.
    fn write<'a>(&mut self, token: Token<'_>, rest: &'a str, out: &mut String) -> &'a str {
        match token {
            Token::Comment => rest,
            Token::End(name) => {
                self.close(name, out);
                rest
            }
            Token::Start(tag) => match find(ELEMENTS, tag.name) {
                Some(name) if self.open.len() < MAX_DEPTH => {
                    push_start_tag(name, &tag.attributes, out);
                    if !VOID.contains(&name) {
                        self.open.push(Open::Html(name));
                    }
                    rest
                }
                _ => {
                    self.removed += 1;
                    find(OPAQUE, tag.name).map_or(rest, |name| self.skip_content(name, rest))
                }
            },
        }
    }

    /// Closes the innermost open element of that name, and those inside it; an end tag without a start tag is dropped.
    fn close(&mut self, name: &str, out: &mut String) {
        let inside = |open: &&Open| matches!(open, Open::Html(_));
        let reachable = self.open.iter().rev().take_while(inside);
        let matches = |open: &Open| matches!(open, Open::Html(other) if other.eq_ignore_ascii_case(name));
        let Some(depth) = reachable.into_iter().position(matches) else {
            return;
        };
        for open in self.open.drain(self.open.len() - depth - 1..).rev() {
            if let Open::Html(name) = open {
                push_end_tag(name, out);
            }
        }
    }

    /// What follows the end tag of `name`; without one, nothing, and the next pieces are searched for it.
    fn skip_content<'a>(&mut self, name: &'static str, rest: &'a str) -> &'a str {
        let depth = self.hidden.take().map_or(self.open.len(), |(_, depth)| depth);
        let mut from = 0;
        while let Some(at) = rest[from..].find("</") {
            let end = &rest[from + at..];
            match Token::parse(end) {
                Some((Token::End(found), length)) if found.eq_ignore_ascii_case(name) => {
                    return &end[length..];
                }
                _ => from += at + 2,
            }
        }
        self.hidden = Some((name, depth));
        ""
    }
}

fn push_start_tag(name: &str, attributes: &[(&str, &str)], out: &mut String) {
    out.push('<');
    out.push_str(name);
    for (attribute, value) in attributes {
        let safe = match attribute.to_ascii_lowercase().as_str() {
            "href" if name == "a" && is_safe_link(value) => "href",
            "src" if name == "img" && is_safe_image(value) => "src",
            other => match find(PLAIN_ATTRIBUTES, other) {
                Some(known) => known,
                None => continue,
            },
        };
        let value = value.replace('"', "&quot;").replace('<', "&lt;");
        out.push_str(&format!(" {safe}=\"{value}\""));
    }
    out.push('>');
}

fn push_end_tag(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn find(list: &'static [&'static str], name: &str) -> Option<&'static str> {
    list.iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(name))
}

enum Token<'a> {
    Start(Tag<'a>),
    End(&'a str),
    /// A comment, a declaration or a processing instruction.
    Comment,
}

struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Token<'a> {
    /// The token that `html` starts with, and its length in bytes; `None` when the `<` is just a character.
    fn parse(html: &'a str) -> Option<(Self, usize)> {
        if let Some(comment) = html.strip_prefix("<!--") {
            let length = comment
                .find("-->")
                .map_or(html.len(), |end| "<!--".len() + end + "-->".len());
            return Some((Token::Comment, length));
        }
        if html.starts_with("<!") || html.starts_with("<?") {
            return Some((Token::Comment, html.find('>').map_or(html.len(), |end| end + 1)));
        }
        let closing = html.starts_with("</");
        let mut reader = Reader {
            rest: &html[if closing { 2 } else { 1 }..],
        };
        let name = reader.take_name()?;
        let mut attributes = Vec::new();
        loop {
            reader.skip_spaces();
            if reader.skip('>') {
                break;
            }
            if reader.skip('/') {
                continue;
            }
            attributes.push(reader.take_attribute()?);
        }
        let length = html.len() - reader.rest.len();
        let token = if closing {
            Token::End(name)
        } else {
            Token::Start(Tag { name, attributes })
        };
        Some((token, length))
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, character: char) -> bool {
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_ascii_whitespace());
    }

    fn take_name(&mut self) -> Option<&'a str> {
        if !self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        Some(self.take_while(|c| c.is_ascii_alphanumeric() || c == '-'))
    }

    /// `name`, `name=value`, `name='value'` or `name="value"`.
    fn take_attribute(&mut self) -> Option<(&'a str, &'a str)> {
        let name = self.take_while(|c| !c.is_ascii_whitespace() && !"/>=\"'<".contains(c));
        if name.is_empty() {
            return None;
        }
        self.skip_spaces();
        if !self.skip('=') {
            return Some((name, ""));
        }
        self.skip_spaces();
        for quote in ['"', '\''] {
            if self.skip(quote) {
                let value = self.take_while(|c| c != quote);
                return self.skip(quote).then_some((name, value));
            }
        }
        Some((
            name,
            self.take_while(|c| !c.is_ascii_whitespace() && !"\"'=<>`".contains(c)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(html: &str) -> String {
        let mut cleaner = Cleaner::default();
        cleaner.enter();
        let out = cleaner.clean(html);
        out + &cleaner.leave()
    }

    #[test]
    fn harmless_elements_keep_their_listed_attributes() {
        assert_eq!(
            clean("<p align=center>Hi<br/>there</p>"),
            "<p align=\"center\">Hi<br>there</p>"
        );
        assert_eq!(
            clean("<A HREF='https://example.com/?a=1&b=2' onclick=\"alert(1)\" class=x>x</A>"),
            "<a href=\"https://example.com/?a=1&b=2\">x</a>"
        );
        assert_eq!(
            clean("<details open><summary>s</summary></details>"),
            "<details open=\"\"><summary>s</summary></details>"
        );
    }

    #[test]
    fn code_never_gets_through() {
        assert_eq!(clean("<script>alert(1)</script>after"), "after");
        assert_eq!(clean("<SCRIPT\nsrc=//evil.example></SCRIPT >after"), "after");
        assert_eq!(
            clean("<style>*{display:none}</style>x<iframe src=x>y</iframe>"),
            "x"
        );
        assert_eq!(clean("<svg onload=alert(1)><script>1</script></svg>z"), "z");
        assert_eq!(clean("<script>never closed"), "");
        assert_eq!(clean("<img src=x onerror=alert(1)>"), "<img>");
        assert_eq!(
            clean("<img src=\"https://e.example/a.png\"onerror=alert(1)>"),
            "<img src=\"https://e.example/a.png\">"
        );
        assert_eq!(clean("<a href=\"javascript:alert(1)\">x</a>"), "<a>x</a>");
        assert_eq!(clean("<a href=\"&#106;avascript:alert(1)\">x</a>"), "<a>x</a>");
        assert_eq!(clean("<form action=x><input name=y></form>"), "");
        assert_eq!(
            clean("<div title='\"><script>alert(1)</script>'>x</div>"),
            "<div title=\"&quot;>&lt;script>alert(1)&lt;/script>\">x</div>"
        );
        assert_eq!(clean("<div <script>alert(1)</script>"), "&lt;div ");
    }

    #[test]
    fn what_is_no_tag_stays_text() {
        assert_eq!(clean("a < b && c > d"), "a &lt; b && c > d");
        assert_eq!(clean("<3 and <"), "&lt;3 and &lt;");
        assert_eq!(clean("<a href=\"open"), "&lt;a href=\"open");
        assert_eq!(
            clean("<!-- <script>alert(1)</script> -->x<!doctype html>y<?php 1 ?>z"),
            "xyz"
        );
    }

    #[test]
    fn tags_come_out_balanced() {
        assert_eq!(clean("</div></p>x"), "x");
        assert_eq!(clean("<div><b>x</div>y"), "<div><b>x</b></div>y");
        assert_eq!(clean("<ul><li>x"), "<ul><li>x</li></ul>");
    }

    #[test]
    fn nesting_is_bounded() {
        let out = clean(&"<b>".repeat(100_000));
        assert_eq!(out.matches("<b>").count(), MAX_DEPTH - 1);
        assert_eq!(out.matches("</b>").count(), MAX_DEPTH - 1);
    }

    #[test]
    fn an_end_tag_does_not_reach_out_of_its_markdown_element() {
        let mut cleaner = Cleaner::default();
        assert_eq!(cleaner.clean("<div>"), "<div>");
        cleaner.enter();
        assert_eq!(cleaner.clean("</div><b>"), "<b>");
        assert_eq!(cleaner.leave(), "</b>");
        assert_eq!(cleaner.clean("</div>"), "</div>");
    }
}
