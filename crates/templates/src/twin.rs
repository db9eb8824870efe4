//! The HTML twin of a letter: the same words as a page for a telephone, a screen reader or a browser that reads aloud.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::composed::{Block, ComposedLetter, Labelled, Passage, PlainPage, Receipt};
use crate::text::{Run, Text};

/// Few rules, so that the page is readable without them: nothing is fetched, and it prints.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1.125rem/1.5 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1rem}\
.summary{border-inline-start:.25rem solid;padding-inline-start:1rem;margin:1rem 0}\
.summary dt,th{font-weight:700;text-align:start}.summary dd{margin:0 0 .75rem}\
.offers{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.offers div,.note{border:1px solid;padding:.75rem}\
.plain{font-size:1.5rem}.plain strong{font-size:2.5rem}.fact{font-weight:700}\
article+article{border-top:1px solid;margin-top:2rem;padding-top:1rem}\
table{border-collapse:collapse}td,th{padding:.25rem .75rem .25rem 0;vertical-align:top}\
@media print{article{break-before:page}article:first-of-type{break-before:auto}}";

impl ComposedLetter {
    /// The letter as a whole page of HTML 5 that fetches nothing: first what is asked by when, where, at what price and with
    /// whom to talk; then the rest, in each language. The same letter gives the same page.
    pub fn html(&self) -> String {
        let first = self.passages.first();
        let page = html! {
            (DOCTYPE)
            html lang=(first.map_or("", |passage| passage.language.as_str())) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        @if let Some(plain) = &self.plain { (plain.html()) }
                        @for passage in self.passages.iter().chain(&self.courtesy) { (passage.html(&self.recipient_name)) }
                    }
                }
            }
        };
        page.into_string()
    }
}

impl Passage {
    fn html(&self, recipient_name: &str) -> Markup {
        html! {
            article lang=(self.language) dir=(self.direction.code()) {
                @if !self.note.is_empty() { p.note role="note" { (self.note) } }
                h1 { (self.title) }
                p { strong { (text(&self.subtitle)) } }
                p { (self.person_label) " " bdi { (recipient_name) } }
                dl.summary { @for item in &self.summary { dt { (item.label) } dd { (text(&item.text)) } } }
                @for block in &self.body { (block.html()) }
                @if let Some(receipt) = &self.receipt { (receipt.html()) }
                footer {
                    @if let Some(closing) = &self.closing { p { (closing) } }
                    p { (text(&self.administration)) }
                    (table(&self.references))
                }
            }
        }
    }
}

impl Block {
    fn html(&self) -> Markup {
        match self {
            Self::Section { heading, text: words }
            | Self::Appeal { heading, text: words }
            | Self::LegalGround { heading, text: words } => {
                html! { section { h2 { (heading) } p { (text(words)) } } }
            }
            Self::Table { heading, rows } => html! { section { h2 { (heading) } (table(rows)) } },
            Self::Offers { heading, intro, offers, information } => html! {
                section {
                    h2 { (heading) }
                    p { (intro) }
                    div.offers { @for offer in offers { div { strong { (offer.label) } p { (text(&offer.text)) } } } }
                    p { (text(information)) }
                }
            },
            Self::Signatures { heading, text: words, parties, .. } => html! {
                section { h2 { (heading) } p { (text(words)) } ul { @for party in parties { li { (text(party)) } } } }
            },
        }
    }
}

impl Receipt {
    fn html(&self) -> Markup {
        html! { section { h2 { (self.heading) } p { (text(&self.text)) } } }
    }
}

impl PlainPage {
    fn html(&self) -> Markup {
        html! {
            @for passage in &self.passages {
                article.plain lang=(passage.language) dir=(passage.direction.code()) {
                    h1 { (passage.title) }
                    p { (text(&passage.what)) }
                    @if let Some(day) = &passage.day { p { (day.label) br; strong { (text(&day.text)) } } }
                    @for row in &passage.rows { p { (row.label) br; span.fact { (text(&row.text)) } } }
                    @if let Some(phone) = &self.phone { p { (passage.call) br; strong dir="ltr" { (phone) } } }
                    @if !passage.note.is_empty() { p.note role="note" { (passage.note) } }
                }
            }
        }
    }
}

fn table(rows: &[Labelled]) -> Markup {
    html! { table { @for row in rows { tr { th scope="row" { (row.label) } td { (text(&row.text)) } } } } }
}

fn text(text: &Text) -> Markup {
    html! { @for part in text.runs() { (run(part)) } }
}

/// A run in another language or direction is isolated from its surroundings; a date is told to programs as well.
fn run(run: &Run) -> Markup {
    let words = match run.date {
        Some(date) => html! { time datetime=(date) { (run.text) } },
        None => html! { (run.text) },
    };
    match (&run.language, run.direction) {
        (None, None) => words,
        (language, direction) => html! {
            bdi lang=[language.as_deref()] dir=[direction.map(crate::reasons::Direction::code)] { (words) }
        },
    }
}
