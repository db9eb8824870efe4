//! Says values in one language: dates, lengths, amounts, and what the law calls its codes.

use super::file::LanguageFile;
use super::words::Group;
use std::borrow::Cow;
use traject_domain::Date;
use traject_domain::assess::{Finding, Reasons};
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::FactRef;
use traject_domain::labels::Label;
use traject_domain::law::{CodeList, Confidence, Deadline, LanguageTarget, Law, Length, Provenance, Quality, RegimeId};
use traject_domain::money::Cents;
use traject_domain::partial_date::PartialDate;
use traject_domain::predicate::{CodeInput, Field, Trace, Truth};

/// One language, and what there is to say in it.
pub(super) struct Speaker<'a> {
    pub(super) file: &'a LanguageFile,
    pub(super) law: &'a Law,
    pub(super) reasons: &'a Reasons<'a>,
}

impl<'a> Speaker<'a> {
    /// The word for a closed code. Reading the file guarantees that there is one.
    pub(super) fn word(&self, group: Group, code: &str) -> &'a str {
        self.file.words.get(group.code()).and_then(|words| words.get(code)).map_or("", String::as_str)
    }

    /// What the law calls one of its codes: in its own words where it speaks the language, else in those of the file;
    /// in English where the file has none.
    fn label<'p>(&'p self, part: &str, code: &str, label: &'p Label) -> &'p str {
        match self.file.reading {
            Some(language) => label.text(language),
            None => self.own(part, code).unwrap_or(&label.en),
        }
    }

    fn own<'p>(&'p self, part: &str, code: &str) -> Option<&'p str> {
        self.file.law.get(part)?.get(code).map(String::as_str)
    }

    /// What a code of one of the law's lists is called; the code itself where the law has no such code.
    fn listed<'p>(&'p self, list: CodeList, part: &str, code: &Code) -> Cow<'p, str> {
        match self.law.codes.get(&list).and_then(|codes| codes.get(code)) {
            Some(label) => Cow::Borrowed(self.label(part, code.as_str(), label)),
            None => Cow::Owned(code.to_string()),
        }
    }

    pub(super) fn condition<'p>(&'p self, finding: &Finding<'p>) -> &'p str {
        self.label("conditions", finding.id.as_str(), finding.label)
    }

    pub(super) fn exemption<'p>(&'p self, code: &Code) -> Cow<'p, str> {
        self.law.exemption(code).map_or_else(
            || Cow::Owned(code.to_string()),
            |exemption| Cow::Borrowed(self.label("exemptions", code.as_str(), &exemption.label)),
        )
    }

    pub(super) fn suspension<'p>(&'p self, code: &Code) -> Cow<'p, str> {
        self.law.suspension(code).map_or_else(
            || Cow::Owned(code.to_string()),
            |suspension| Cow::Borrowed(self.label("suspensions", code.as_str(), &suspension.label)),
        )
    }

    pub(super) fn term<'p>(&'p self, deadline: &'p Deadline) -> &'p str {
        self.label("terms", deadline.term.code(), &deadline.label)
    }

    pub(super) fn breach(&self, breach: Breach) -> &str {
        self.law.breaches.get(&breach).map_or("", |label| self.label("breaches", breach.code(), label))
    }

    pub(super) fn level<'p>(&'p self, target: &'p LanguageTarget) -> &'p str {
        self.label("levels", target.level.as_str(), &target.label)
    }

    pub(super) fn regime<'p>(&'p self, id: &RegimeId) -> Option<&'p str> {
        let regime = self.law.regimes.iter().find(|regime| regime.id == *id)?;
        Some(self.label("regimes", id.as_str(), &regime.label))
    }

    pub(super) fn entitlement<'p>(&'p self, code: &Code) -> Option<&'p str> {
        let entitlement = self.law.entitlements.get(code)?.latest()?;
        Some(self.label("entitlements", code.as_str(), &entitlement.label))
    }

    pub(super) fn organiser<'p>(&'p self, code: &Code) -> Cow<'p, str> {
        self.law.organiser(code).map_or_else(
            || Cow::Owned(code.to_string()),
            |organiser| Cow::Borrowed(self.label("organisers", code.as_str(), &organiser.label)),
        )
    }

    /// The name of a column of the register extract.
    pub(super) fn field(&self, field: Field) -> &str {
        self.law.fields.get(&field).map_or("", |of| self.label("fields", field.code(), &of.label))
    }

    pub(super) fn fields(&self, fields: impl IntoIterator<Item = Field>) -> String {
        let fields: Vec<&str> = fields.into_iter().map(|field| self.field(field)).collect();
        fields.join(&self.file.shapes.comma())
    }

    /// The papers that show a column, one of which is enough.
    pub(super) fn papers(&self, field: Field) -> String {
        let codes = self.law.fields.get(&field).map(|of| of.papers.as_slice()).unwrap_or_default();
        self.any_paper(codes)
    }

    /// The papers that show an exemption.
    pub(super) fn evidence(&self, exemption: &Code) -> String {
        self.any_paper(self.law.exemption(exemption).map(|of| of.evidence.as_slice()).unwrap_or_default())
    }

    fn any_paper(&self, codes: &[Code]) -> String {
        let papers: Vec<_> = codes.iter().map(|code| self.listed(CodeList::Papers, "papers", code)).collect();
        self.either(&papers)
    }

    /// `a, b or c`.
    pub(super) fn either(&self, items: &[Cow<'_, str>]) -> String {
        match items {
            [] => String::new(),
            [only] => only.to_string(),
            [first @ .., last] => self.file.shapes.either(&first.join(&self.file.shapes.comma()), last),
        }
    }

    /// What a value of a column means.
    pub(super) fn value<'p>(&'p self, input: CodeInput, code: &Code) -> Cow<'p, str> {
        let (list, part) = match input {
            CodeInput::Nationality | CodeInput::LongTermResidentOf => (CodeList::Countries, "countries"),
            CodeInput::Register => (CodeList::Registers, "registers"),
            CodeInput::PermitKind => (CodeList::PermitKinds, "permit_kinds"),
            CodeInput::PermitGround => (CodeList::PermitGrounds, "permit_grounds"),
            CodeInput::FamilyOf => (CodeList::FamilyOf, "family_of"),
            CodeInput::FamilyTie => (CodeList::FamilyTies, "family_ties"),
        };
        self.listed(list, part, code)
    }

    /// The reason why a day is no working day: a day of the week, or a holiday by its name.
    pub(super) fn free_day<'p>(&'p self, reason: &Code) -> &'p str {
        let holiday = self.law.counting.holidays.iter().find(|holiday| holiday.code == *reason);
        match holiday {
            Some(holiday) => self.label("holidays", reason.as_str(), &holiday.label),
            None => self.word(Group::Weekday, reason.as_str()),
        }
    }

    /// The kind of fact a reference stands for, its day, and the reference.
    pub(super) fn fact(&self, reference: &FactRef) -> String {
        let Some(source) = self.reasons.facts.get(reference) else { return reference.to_string() };
        let recorded = self.law.facts.get(&Code::new(source.kind));
        let kind = recorded.map_or(source.kind, |of| self.label("facts", source.kind, &of.label));
        let mut text = self.file.clerk.fact(kind, &self.date(source.on), reference.as_str());
        if recorded.is_some_and(|of| of.quality == Quality::Unreliable) {
            text.push_str(&self.file.shapes.series());
            text.push_str(&self.file.clerk.unreliable());
        }
        text
    }

    /// Where a value comes from: the article of the regime, the word assumption, or the source's title.
    pub(super) fn ground<'p>(&'p self, provenance: &'p Provenance, regime: Option<&RegimeId>) -> &'p str {
        if provenance.confidence == Confidence::Assumption {
            return self.confidence(Confidence::Assumption);
        }
        if let Some(article) = regime.and_then(|id| provenance.articles.get(id)) {
            return self.label("articles", &article.en, article);
        }
        match provenance.sources.first() {
            Some(source) => self.source(source),
            None => self.confidence(Confidence::Assumption),
        }
    }

    /// The ground of a value with how sure it is, as the clerk reads it.
    pub(super) fn ground_line(&self, provenance: &Provenance, regime: Option<&RegimeId>) -> String {
        match provenance.confidence {
            // The word says both.
            Confidence::Assumption => self.file.clerk.assumed(self.confidence(Confidence::Assumption)),
            other => self.file.clerk.ground(self.ground(provenance, regime), self.confidence(other)),
        }
    }

    fn source<'p>(&'p self, id: &Code) -> &'p str {
        match self.word(Group::Source, id.as_str()) {
            "" => self.law.sources.get(id).map_or("", |source| &source.title),
            title => title,
        }
    }

    pub(super) fn confidence(&self, confidence: Confidence) -> &str {
        self.word(Group::Confidence, confidence.word())
    }

    pub(super) fn truth(&self, truth: Truth) -> &str {
        let code = match truth {
            Truth::True => "holds",
            Truth::False => "fails",
            Truth::Unknown => "open",
        };
        self.word(Group::Truth, code)
    }

    pub(super) fn language(&self, language: LegalLanguage) -> &str {
        self.word(Group::Language, language.code())
    }

    /// The date written out.
    pub(super) fn date(&self, date: Date) -> String {
        let shapes = &self.file.shapes;
        let day = if date.day() == 1 { shapes.first_day() } else { date.day().to_string() };
        shapes.date(&day, self.month(date.month()), &date.year().to_string())
    }

    /// A birth date as far as it is known.
    pub(super) fn partial(&self, date: PartialDate) -> String {
        match date {
            PartialDate::Year(year) => year.to_string(),
            PartialDate::Month(year, month) => self.file.shapes.month_of_year(self.month(month), &year.to_string()),
            PartialDate::Day(day) => self.date(day),
        }
    }

    fn month(&self, month: i8) -> &str {
        let index = usize::from(month.unsigned_abs()).saturating_sub(1);
        self.file.months.get(index).map_or("", String::as_str)
    }

    pub(super) fn length(&self, length: Length) -> String {
        self.file.length(length)
    }

    /// An amount with its currency; cents only when there are any.
    pub(super) fn euros(&self, amount: Cents) -> String {
        let shapes = &self.file.shapes;
        let digits = (amount.0 / 100).to_string();
        let mut number = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                number.push_str(&shapes.thousands());
            }
            number.push(digit);
        }
        if !amount.0.is_multiple_of(100) {
            number.push_str(&format!("{}{:02}", shapes.decimals(), amount.0 % 100));
        }
        shapes.amount(&number)
    }

    /// The regime of the outcome.
    pub(super) fn of_outcome(&self) -> Option<&'a RegimeId> {
        self.reasons.standing.regime.as_ref()
    }

    /// The regime in force at the moment: that of procedures and terms.
    pub(super) fn of_moment(&self) -> Option<&'a RegimeId> {
        let at = self.reasons.standing.at;
        self.law.regime_on(at.as_of, at.recorded_by).map(|regime| &regime.id)
    }
}

/// The tests at the ends of a trace.
pub(super) fn leaves<'t, 'l>(trace: &'t Trace<'l>) -> Vec<&'t Trace<'l>> {
    match trace.parts.as_slice() {
        [] => vec![trace],
        parts => parts.iter().flat_map(leaves).collect(),
    }
}
