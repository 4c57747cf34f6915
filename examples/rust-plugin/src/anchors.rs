//! Heading anchors: the `id` of a heading, as the large Git hosts derive it, so that a table of contents written by
//! hand keeps working.

use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub struct Anchors {
    taken: HashSet<String>,
    /// How often each slug was asked for, so that ten thousand equal headings stay cheap.
    seen: HashMap<String, usize>,
}

impl Anchors {
    /// Keeps `id` from being given to a heading.
    pub fn reserve(&mut self, id: &str) {
        self.taken.insert(id.to_owned());
    }

    /// An anchor for a heading of this text that no other heading of the page has.
    pub fn unique(&mut self, text: &str) -> String {
        let slug = slug(text);
        let count = self.seen.entry(slug.clone()).or_insert(0);
        loop {
            let anchor = match *count {
                0 => slug.clone(),
                n => format!("{slug}-{n}"),
            };
            *count += 1;
            if self.taken.insert(anchor.clone()) {
                return anchor;
            }
        }
    }
}

fn slug(text: &str) -> String {
    let slug: String = text
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ => c.is_alphanumeric().then_some(c),
        })
        .collect();
    if slug.is_empty() {
        "section".to_owned()
    } else {
        slug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_lower_case_words_with_hyphens() {
        assert_eq!(slug(" Getting Started!"), "getting-started");
        assert_eq!(slug("fs.readFile(path, cb)"), "fsreadfilepath-cb");
        assert_eq!(slug("Über snake_case"), "über-snake_case");
        assert_eq!(slug("\"><script>"), "script");
        assert_eq!(slug("🎉"), "section");
    }

    #[test]
    fn equal_headings_get_different_anchors() {
        let mut anchors = Anchors::default();
        let got: Vec<_> = ["Usage", "Usage", "Usage 1", "Usage"]
            .map(|t| anchors.unique(t))
            .into();
        assert_eq!(got, ["usage", "usage-1", "usage-1-1", "usage-2"]);
    }

    #[test]
    fn reserved_ids_are_not_given_out() {
        let mut anchors = Anchors::default();
        anchors.reserve("note");
        assert_eq!(anchors.unique("Note"), "note-1");
    }
}
