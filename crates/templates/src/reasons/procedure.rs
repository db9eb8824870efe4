//! The clerk's page, continued: how far the person has come, terms with their derivations and ledgers, enforcement.

use super::page::Lines;
use super::speaker::Speaker;
use super::words::Group;
use traject_domain::assess::{Clock, ClockEntry, ClockEvent};
use traject_domain::code::Code;
use traject_domain::counting::Step;
use traject_domain::standing::{BreachStanding, Notice, Obligation, Turn};

pub(super) fn progress(speaker: &Speaker<'_>) -> Lines {
    let (t, standing) = (&speaker.file.clerk, &speaker.reasons.standing);
    let mut lines = Lines::default();
    if let Some(obligation) = &standing.obligation {
        obliged(speaker, obligation, &mut lines);
    }
    if let Some(day) = standing.registered_on {
        lines.add(0, &t.registered(&speaker.date(day)));
    }
    if let Some(day) = standing.contract_on {
        lines.add(0, &t.contract(&speaker.date(day)));
    }
    if let Some((organiser, language)) = &standing.track {
        lines.add(0, &t.track(&speaker.organiser(organiser), speaker.language(*language)));
    }
    lines
}

fn obliged(speaker: &Speaker<'_>, obligation: &Obligation, lines: &mut Lines) {
    let t = &speaker.file.clerk;
    lines.add(0, &t.stage(speaker.word(Group::Stage, obligation.stage.code())));
    if let Some(closing) = obligation.closing {
        lines.add(0, &t.closed(speaker.word(Group::Closing, closing.reason.code()), &speaker.date(closing.on)));
    }
    if let Some(day) = obligation.frozen_on {
        lines.add(0, &t.frozen(&speaker.date(day)));
    }
    if let Some(day) = obligation.certificate_on {
        lines.add(0, &t.certificate(&speaker.date(day)));
    }
    if obligation.suspended {
        lines.add(0, &t.suspended());
    }
}

pub(super) fn next(speaker: &Speaker<'_>) -> Lines {
    let t = &speaker.file.clerk;
    let mut lines = Lines::default();
    let Some(next) = speaker.reasons.standing.next else {
        lines.add(0, &t.no_next());
        return lines;
    };
    let step = speaker.word(Group::Next, next.code.code());
    match next.due {
        Some(due) => lines.add(0, &t.next_by(step, &speaker.date(due))),
        None => lines.add(0, &t.next(step)),
    }
    if let Some(breach) = next.breach {
        lines.add(1, speaker.breach(breach));
    }
    let turn = match next.code.turn() {
        Turn::Newcomer => "newcomer",
        Turn::Municipality => "municipality",
        Turn::Ggc => "ggc",
    };
    lines.add(1, &t.turn(speaker.word(Group::Turn, turn)));
    lines
}

pub(super) fn terms(speaker: &Speaker<'_>) -> Lines {
    let reasons = speaker.reasons;
    let mut lines = Lines::default();
    if reasons.standing.obligation.is_some() && reasons.clocks.is_empty() {
        lines.add(0, &speaker.file.clerk.no_terms());
    }
    for clock in &reasons.clocks {
        term(speaker, clock, &mut lines);
    }
    lines
}

fn term(speaker: &Speaker<'_>, clock: &Clock<'_>, lines: &mut Lines) {
    let (t, deadline) = (&speaker.file.clerk, clock.deadline);
    lines.add(0, &t.term(speaker.term(deadline), deadline.term.code(), speaker.breach(clock.breach)));
    lines.add(1, &t.side_by_side(&speaker.date(clock.original.due), &speaker.date(clock.due.due)));
    if deadline.service_target {
        lines.add(1, &t.service_target());
    }
    lines.add(1, &t.derivation_heading());
    for step in &clock.due.derivation {
        lines.add(2, &derived(speaker, step));
    }
    for rule in rules_of_counting(speaker, clock) {
        lines.add(2, &rule);
    }
    lines.add(1, &t.ledger_heading());
    for entry in &clock.entries {
        lines.add(2, &ledger_line(speaker, entry));
    }
    lines.add(1, &speaker.ground_line(&deadline.provenance, speaker.of_moment()));
}

/// Where the rules come from by which the days were counted, and those by which suspensions were added.
fn rules_of_counting(speaker: &Speaker<'_>, clock: &Clock<'_>) -> Vec<String> {
    let (t, law) = (&speaker.file.clerk, speaker.law);
    let mut rules = vec![t.counting_by(&speaker.ground_line(&law.counting.provenance, speaker.of_moment()))];
    if clock.due.raw != clock.original.raw {
        rules.push(t.suspending_by(&speaker.ground_line(&law.policies_provenance, speaker.of_moment())));
    }
    rules
}

/// One line of a derivation.
fn derived(speaker: &Speaker<'_>, step: &Step) -> String {
    let t = &speaker.file.clerk;
    let date = |day| speaker.date(day);
    match step {
        Step::Start(day) => t.step_start(&date(*day)),
        Step::Counted(length, end) => t.step_counted(&speaker.length(*length), &date(*end)),
        Step::Suspended { period, days } => {
            t.step_suspended(&date(period.first), &date(period.last), &speaker.file.days(*days))
        }
        Step::Raw(day) => t.step_raw(&date(*day)),
        Step::NotWorking(day, reason) => t.step_not_working(&date(*day), speaker.free_day(reason)),
        Step::Due(day) => t.step_due(&date(*day)),
    }
}

/// One line of the clock ledger, with its effect and the fact behind it.
fn ledger_line(speaker: &Speaker<'_>, entry: &ClockEntry) -> String {
    let (t, on) = (&speaker.file.clerk, speaker.date(entry.on));
    let ground = |code: &Option<Code>| match code {
        Some(code) => format!("{} ({code})", speaker.suspension(code)),
        None => t.absence(),
    };
    let effect = || match entry.days {
        0 => t.no_effect(),
        days => t.effect(&speaker.file.days(days)),
    };
    let line = match &entry.event {
        ClockEvent::Started => t.entry_started(&on),
        ClockEvent::Stopped { ground: code, until } => {
            t.entry_stopped(&on, &speaker.date(*until), &ground(code), &effect())
        }
        ClockEvent::Extended { ground: code, until } => {
            t.entry_extended(&on, &speaker.date(*until), &ground(code), &effect())
        }
        ClockEvent::Resumed => t.entry_resumed(&on),
        ClockEvent::Met => t.entry_met(&on),
    };
    match &entry.fact {
        Some(fact) => t.with_source(&line, &speaker.fact(fact)),
        None => line,
    }
}

pub(super) fn enforcement(speaker: &Speaker<'_>) -> Lines {
    let mut lines = Lines::default();
    for standing in speaker.reasons.standing.obligation.iter().flat_map(|obligation| &obligation.breaches) {
        breach(speaker, standing, &mut lines);
    }
    lines
}

fn breach(speaker: &Speaker<'_>, standing: &BreachStanding, lines: &mut Lines) {
    let t = &speaker.file.clerk;
    let state = speaker.word(Group::Enforcement, standing.state.code());
    lines.add(0, &t.breach(speaker.breach(standing.breach), state));
    if let Some(day) = standing.met_on {
        lines.add(1, &t.met(&speaker.date(day)));
    }
    for sent in &standing.notices {
        notice(speaker, sent, lines);
    }
    if let Some(day) = standing.refusal_on {
        lines.add(1, &t.refusal(&speaker.date(day)));
    }
    if standing.established {
        lines.add(1, &t.established());
    }
    if let Some(day) = standing.transferred_on {
        lines.add(1, &t.transferred(&speaker.date(day)));
    }
    for fine in &standing.fines {
        let (amount, on) = (speaker.euros(fine.amount), speaker.date(fine.on));
        lines.add(1, &if fine.stands { t.fine(&amount, &on) } else { t.fine_gone(&amount, &on) });
    }
    if standing.undone {
        lines.add(1, &t.undone());
    }
}

fn notice(speaker: &Speaker<'_>, notice: &Notice, lines: &mut Lines) {
    let t = &speaker.file.clerk;
    let (posted, delivered) = (speaker.date(notice.posted_on), speaker.date(notice.delivered_on));
    let sent = match (notice.by_hand, notice.presumed) {
        (true, _) => t.notice_by_hand(&posted),
        (false, true) => t.notice_presumed(&posted, &delivered),
        (false, false) => t.notice_posted(&posted, &delivered),
    };
    lines.add(1, &sent);
    if let Some(reason) = notice.void {
        lines.add(2, &t.notice_void(speaker.word(Group::Void, reason.code())));
    }
    if notice.withdrawn {
        lines.add(2, &t.notice_withdrawn());
    }
}

pub(super) fn targets(speaker: &Speaker<'_>) -> Lines {
    let t = &speaker.file.clerk;
    let mut lines = Lines::default();
    for target in &speaker.reasons.targets {
        let literacy = speaker.word(Group::Literacy, target.literacy.code());
        lines.add(0, &t.target(literacy, speaker.level(target.target)));
        lines.add(1, &speaker.ground_line(&target.target.provenance, Some(target.regime)));
    }
    if !speaker.reasons.targets.is_empty() {
        lines.add(0, &t.targets_note());
    }
    lines
}

/// Why a person should look, and what to know before the next act.
pub(super) fn reviews(speaker: &Speaker<'_>) -> Lines {
    let standing = &speaker.reasons.standing;
    let mut lines = Lines::default();
    for review in &standing.review {
        lines.add(0, speaker.word(Group::Review, review.code()));
    }
    for warning in &standing.warnings {
        lines.add(0, speaker.word(Group::Warning, warning.code()));
    }
    lines
}
