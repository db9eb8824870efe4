//! A page of reasons, and its two forms: plain text and HTML.

use crate::texts::french_spacing;
use std::fmt::Write as _;

/// The direction in which a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Direction {
    /// As HTML and the files of texts write it: `ltr` or `rtl`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// A page in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its language, a code of BCP 47.
    pub language: String,
    /// In which direction it is read.
    pub direction: Direction,
    /// What it is about.
    pub title: String,
    /// Its parts, none of them empty.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its lines; never empty.
    pub lines: Vec<Line>,
}

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 0, or one more than the line it belongs to.
    pub depth: u8,
    /// A sentence or two.
    pub text: String,
}

/// The lines of a section while it is written.
#[derive(Default)]
pub(super) struct Lines(Vec<Line>);

impl Lines {
    /// Adds a line, which begins with a capital whatever it begins with.
    pub(super) fn add(&mut self, depth: u8, text: &str) {
        let mut letters = text.chars();
        let capital = letters.next().into_iter().flat_map(char::to_uppercase);
        let text: String = capital.chain(letters).collect();
        self.0.push(Line { depth, text: french_spacing(&text) });
    }
}

impl Page {
    /// A page without sections.
    pub(super) fn new(language: &str, direction: Direction, title: &str) -> Self {
        Self { language: language.to_owned(), direction, title: french_spacing(title), sections: Vec::new() }
    }

    /// Adds a section, unless nothing stands in it.
    pub(super) fn add(&mut self, heading: &str, Lines(lines): Lines) {
        if !lines.is_empty() {
            self.sections.push(Section { heading: french_spacing(heading), lines });
        }
    }

    /// The page as lines of text, deeper lines indented.
    pub fn plain_text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for section in &self.sections {
            let _ = writeln!(text, "\n{}", section.heading);
            for line in &section.lines {
                let _ = writeln!(text, "{}- {}", "  ".repeat(line.depth.into()), line.text);
            }
        }
        text
    }

    /// The page as an HTML document that needs nothing from elsewhere.
    pub fn html(&self) -> String {
        let (language, direction, title) = (escaped(&self.language), self.direction.code(), escaped(&self.title));
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>body{{max-width:45em;margin:auto;padding:1em;font-family:sans-serif;line-height:1.5}}</style>\n\
             </head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        );
        for (number, section) in (1..).zip(&self.sections) {
            let heading = escaped(&section.heading);
            let _ = writeln!(html, "<section aria-labelledby=\"s{number}\">\n<h2 id=\"s{number}\">{heading}</h2>");
            list(&section.lines, &mut html);
            html.push_str("</section>\n");
        }
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }
}

/// Nested lists: a deeper line lies in the item of the line before it.
fn list(lines: &[Line], html: &mut String) {
    let mut open = 0;
    for line in lines {
        let depth = usize::from(line.depth) + 1;
        match depth > open {
            true => {
                // A line that lies more than one step deeper is shown one step deeper.
                html.push_str(if open == 0 { "<ul>\n" } else { "\n<ul>\n" });
                open += 1;
            }
            false => {
                html.push_str("</li>\n");
                while open > depth {
                    html.push_str("</ul>\n</li>\n");
                    open -= 1;
                }
            }
        }
        let _ = write!(html, "<li>{}", escaped(&line.text));
    }
    for _ in 0..open {
        html.push_str("</li>\n</ul>\n");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(depths: &[u8]) -> Page {
        let mut lines = Lines::default();
        for depth in depths {
            lines.add(*depth, "a < b & \"c\"");
        }
        let mut page = Page::new("nl", Direction::LeftToRight, "Title");
        page.add("Heading", lines);
        page
    }

    #[test]
    fn every_list_and_item_is_closed_whatever_the_depths() {
        for depths in [&[0][..], &[0, 0], &[0, 1, 1, 0], &[0, 1, 2, 2, 0], &[0, 1, 2], &[1, 0]] {
            let html = page(depths).html();
            for (open, close) in [("<ul>", "</ul>"), ("<li>", "</li>")] {
                assert_eq!(html.matches(open).count(), html.matches(close).count(), "{depths:?}\n{html}");
            }
            assert_eq!(html.matches("<li>").count(), depths.len());
            assert!(!html.contains("</ul>\n</section>\n</li>"));
        }
    }

    #[test]
    fn what_a_text_holds_is_never_markup() {
        let html = page(&[0]).html();
        assert!(html.contains("A &lt; b &amp; &quot;c&quot;"));
        assert!(page(&[0]).plain_text().contains("- A < b & \"c\""));
    }

    #[test]
    fn a_section_without_lines_is_left_out() {
        let mut page = page(&[0]);
        page.add("Empty", Lines::default());
        assert_eq!(page.sections.len(), 1);
    }
}
