//! One Markdown document to one page: the events of `pulldown-cmark`, with anchors put in and everything that could do
//! harm taken out, written as HTML.

use std::collections::HashMap;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::anchors::Anchors;
use crate::bindings::acme::site::types::Heading;
use crate::bindings::exports::acme::site::render::Page;
use crate::raw_html::Cleaner;
use crate::urls::{is_safe_image, is_safe_link};

pub struct Rendered {
    pub page: Page,
    /// HTML elements of the document that are not in the page.
    pub removed: usize,
}

pub fn render(markdown: &str) -> Rendered {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut writer = Writer::default();
    writer.cleaner.enter();
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    let tail = writer.cleaner.leave();
    writer.push_html(tail);
    let headings = number_headings(&mut writer);

    let mut body = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut body, writer.events.into_iter());
    let title = headings
        .iter()
        .find(|heading| heading.level == 1 && !heading.text.is_empty());
    let title = title.map(|heading| heading.text.clone());
    Rendered {
        page: Page {
            title,
            html: body,
            headings,
        },
        removed: writer.cleaner.removed,
    }
}

/// The events of the finished page, as they are collected.
#[derive(Default)]
struct Writer<'a> {
    events: Vec<Event<'a>>,
    headings: Vec<OpenHeading>,
    in_heading: bool,
    /// Images that are open: their text is a description.
    images: usize,
    in_metadata: bool,
    /// Text of the HTML block being read: it arrives line by line, and a tag may span lines.
    html_block: Option<String>,
    /// Whether each open link or image is kept; `false` leaves only its text.
    links: Vec<bool>,
    /// Ids of the footnotes, by the label in the document.
    footnotes: HashMap<String, String>,
    cleaner: Cleaner,
}

/// A heading and what has been read of it.
struct OpenHeading {
    /// Index of its start event.
    index: usize,
    level: HeadingLevel,
    text: String,
    /// Descriptions of its images, for a heading that is nothing but a picture.
    images: String,
}

impl<'a> Writer<'a> {
    fn event(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ if self.in_metadata => {}
            Event::Text(_) | Event::Code(_) | Event::SoftBreak if self.cleaner.hides_text() => {}
            Event::Html(html) => match &mut self.html_block {
                Some(block) => block.push_str(&html),
                None => self.clean(&html),
            },
            Event::InlineHtml(html) => self.clean(&html),
            Event::FootnoteReference(label) => {
                let id = self.footnote(&label);
                self.events.push(Event::FootnoteReference(id));
            }
            Event::Text(text) => {
                self.add_to_heading(&text);
                self.events.push(Event::Text(text));
            }
            Event::Code(text) => {
                self.add_to_heading(&text);
                self.events.push(Event::Code(text));
            }
            Event::SoftBreak | Event::HardBreak => {
                self.add_to_heading(" ");
                self.events.push(event);
            }
            other => self.events.push(other),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        self.images += usize::from(matches!(tag, Tag::Image { .. }));
        let tag = match tag {
            Tag::HtmlBlock => return self.html_block = Some(String::new()),
            Tag::MetadataBlock(_) => return self.in_metadata = true,
            Tag::Link { ref dest_url, .. } if !self.keep(is_safe_link(dest_url)) => return,
            Tag::Image { ref dest_url, .. } if !self.keep(is_safe_image(dest_url)) => return,
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Tag::CodeBlock(language(&info)),
            Tag::FootnoteDefinition(label) => Tag::FootnoteDefinition(self.footnote(&label)),
            Tag::Heading { level, .. } => {
                self.in_heading = true;
                let index = self.events.len();
                self.headings.push(OpenHeading {
                    index,
                    level,
                    text: String::new(),
                    images: String::new(),
                });
                tag
            }
            other => other,
        };
        self.cleaner.enter();
        self.events.push(Event::Start(tag));
    }

    fn end(&mut self, tag: TagEnd) {
        self.images -= usize::from(tag == TagEnd::Image);
        match tag {
            TagEnd::HtmlBlock => {
                let block = self.html_block.take().unwrap_or_default();
                self.clean(&block);
                return self.cleaner.end_block();
            }
            TagEnd::MetadataBlock(_) => return self.in_metadata = false,
            TagEnd::Link | TagEnd::Image if self.links.pop() == Some(false) => return,
            TagEnd::Heading(_) => self.in_heading = false,
            _ => {}
        }
        let missing = self.cleaner.leave();
        self.push_html(missing);
        self.events.push(Event::End(tag));
    }

    fn keep(&mut self, safe: bool) -> bool {
        self.links.push(safe);
        safe
    }

    fn clean(&mut self, html: &str) {
        let clean = self.cleaner.clean(html);
        self.push_html(clean);
    }

    fn push_html(&mut self, html: String) {
        if !html.is_empty() {
            self.events.push(Event::Html(html.into()));
        }
    }

    fn add_to_heading(&mut self, text: &str) {
        let Some(heading) = self.headings.last_mut().filter(|_| self.in_heading) else {
            return;
        };
        let part = if self.images > 0 {
            &mut heading.images
        } else {
            &mut heading.text
        };
        part.push_str(text);
    }

    /// A label can be any text, so it is not an id; `fn-1`, `fn-2`, … are.
    fn footnote(&mut self, label: &str) -> CowStr<'a> {
        let next = self.footnotes.len() + 1;
        self.footnotes
            .entry(label.to_owned())
            .or_insert_with(|| format!("fn-{next}"))
            .clone()
            .into()
    }
}

/// Gives each heading its anchor, once all ids of the page are known.
fn number_headings(writer: &mut Writer) -> Vec<Heading> {
    let mut anchors = Anchors::default();
    writer.footnotes.values().for_each(|id| anchors.reserve(id));
    let mut headings = Vec::with_capacity(writer.headings.len());
    for OpenHeading {
        index,
        level,
        text,
        images,
    } in writer.headings.drain(..)
    {
        let text = [text.trim(), images.trim()]
            .into_iter()
            .find(|part| !part.is_empty())
            .unwrap_or_default()
            .to_owned();
        let anchor = anchors.unique(&text);
        if let Event::Start(Tag::Heading { id, .. }) = &mut writer.events[index] {
            *id = Some(anchor.clone().into());
        }
        headings.push(Heading {
            level: level as u8,
            text,
            anchor,
        });
    }
    headings
}

/// The first word of the info string, when it looks like the name of a language: `html::push_html` makes
/// `class="language-…"` of it.
fn language<'a>(info: &str) -> CodeBlockKind<'a> {
    let word = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || "+#-_.".contains(c);
    if word.is_empty() || !word.chars().all(plain) {
        return CodeBlockKind::Fenced("".into());
    }
    CodeBlockKind::Fenced(word.to_ascii_lowercase().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        render(markdown).page.html
    }

    #[test]
    fn headings_have_anchors_and_the_first_is_the_title() {
        let page = render("# The *big* `tool`\n\n## Usage\n\n## Usage\n").page;
        assert_eq!(page.title.as_deref(), Some("The big tool"));
        let got: Vec<_> = page
            .headings
            .iter()
            .map(|h| (h.level, h.text.as_str(), h.anchor.as_str()))
            .collect();
        assert_eq!(
            got,
            [
                (1, "The big tool", "the-big-tool"),
                (2, "Usage", "usage"),
                (2, "Usage", "usage-1")
            ]
        );
        assert!(
            page.html.contains("<h2 id=\"usage-1\">Usage</h2>"),
            "{}",
            page.html
        );
    }

    #[test]
    fn a_picture_is_a_heading_only_where_there_is_no_text() {
        let heading = |markdown: &str| render(markdown).page.headings[0].text.clone();
        assert_eq!(
            heading("# Tool [![build](https://a.example/b.svg)](https://a.example)"),
            "Tool"
        );
        assert_eq!(heading("# ![The Tool](https://a.example/logo.svg)"), "The Tool");
        assert_eq!(heading("#"), "");
        assert_eq!(render("#").page.title, None);
    }

    #[test]
    fn a_document_without_a_level_1_heading_has_no_title() {
        assert_eq!(render("## Usage\n\ntext").page.title, None);
        assert_eq!(render("").page.html, "");
    }

    #[test]
    fn code_blocks_name_their_language() {
        assert!(html("```JS title=x\nlet a\n```").contains("<pre><code class=\"language-js\">let a"));
        assert!(html("```\"><script>\nx\n```").contains("<pre><code>x"));
        assert!(html("    <script>").contains("&lt;script&gt;"));
    }

    #[test]
    fn tables_footnotes_and_task_lists() {
        let page = html("| a |\n|---|\n| 1 |\n\n- [x] done\n\nA note[^n].\n\n[^n]: The note.\n");
        for part in [
            "<table>",
            "type=\"checkbox\" checked=\"\"",
            "href=\"#fn-1\"",
            "id=\"fn-1\"",
            "The note.",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn a_footnote_and_a_heading_never_share_an_id() {
        let page = render("# fn-1\n\nx[^a]\n\n[^a]: y\n").page;
        assert_eq!(page.headings[0].anchor, "fn-1-1");
    }

    #[test]
    fn links_that_could_do_harm_leave_their_text() {
        assert_eq!(html("[a *b*](javascript:alert(1))"), "<p>a <em>b</em></p>\n");
        assert_eq!(html("[x][r]\n\n[r]: data:text/html,1"), "<p>x</p>\n");
        assert_eq!(html("![alt](./local.png)"), "<p>alt</p>\n");
        assert!(
            html("[x](https://example.com \"t\")")
                .contains("<a href=\"https://example.com\" title=\"t\">x</a>")
        );
        assert!(html("<https://example.com>").contains("<a href=\"https://example.com\">"));
    }

    #[test]
    fn html_is_cleaned_across_lines_and_blocks() {
        assert_eq!(
            html("<div\n  onclick=\"x\">\n\n**b**\n\n</div>\n"),
            "<div>\n<p><strong>b</strong></p>\n</div>\n"
        );
        assert_eq!(html("a <script>b *c*\nd</script> e"), "<p>a <em></em> e</p>\n");
        assert_eq!(html("a <script>b\n\nc"), "<p>a </p>\n<p>c</p>\n");
        assert_eq!(html("<svg>\n\nc"), "<p>c</p>\n");
        assert_eq!(
            html("- <div>\n\nx </div>"),
            "<ul>\n<li><div>\n</div></li>\n</ul>\n<p>x </p>\n"
        );
        assert_eq!(render("<script>\n1\n\n2\n</script>\n").page.html.trim(), "");
        assert_eq!(render("# <script>x</script>A").page.title.as_deref(), Some("A"));
        assert_eq!(render("<iframe src=x></iframe>").removed, 1);
    }

    #[test]
    fn front_matter_is_not_text() {
        assert_eq!(html("---\ntitle: x\n---\n\ny\n"), "<p>y</p>\n");
    }
}
