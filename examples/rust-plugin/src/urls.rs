//! Which addresses a page may point to. A short list of what is allowed, because a list of what is forbidden
//! (`javascript:`, `data:`, `vbscript:`, each in any spelling) is never complete.

/// Addresses that a reader can follow from the finished page. Paths of the document's own folder are not among them:
/// the site has only the rendered pages.
pub fn is_safe_link(url: &str) -> bool {
    url.starts_with('#') || has_scheme(url, &["https://", "http://", "mailto:"])
}

/// Addresses of images. Relative ones point to files that the site does not have.
pub fn is_safe_image(url: &str) -> bool {
    has_scheme(url, &["https://", "http://"])
}

/// Compares the characters as written: an address that spells its scheme with entities or escapes does not pass.
fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_web_mail_and_the_page_itself_are_allowed() {
        for url in [
            "https://example.com/",
            "HTTP://example.com",
            "mailto:a@example.com",
            "#usage",
        ] {
            assert!(is_safe_link(url), "{url}");
        }
        assert!(is_safe_image("https://example.com/a.png"));
    }

    #[test]
    fn everything_else_is_not() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "&#106;avascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.com",
            "../CHANGELOG.md",
            "",
            "é",
        ] {
            assert!(!is_safe_link(url), "{url}");
            assert!(!is_safe_image(url), "{url}");
        }
        assert!(!is_safe_image("#a"));
    }
}
