//! One call's way into the journal.

use tonic::Code;

use crate::journal::{Journal, Line};
use crate::refusal::{self, Refusal, Violation};
use crate::request::Moment;
use crate::schema::Schema;
use crate::seen::Seen;

/// A call that is going on. However it ends, there is one line about it: at the latest when this
/// is dropped, since then its caller has gone.
pub struct Record<'a> {
    journal: &'a Journal,
    line: Option<Line>,
    pub seen: Seen,
    pub call: u64,
}

impl<'a> Record<'a> {
    pub fn start(
        journal: &'a Journal,
        call: u64,
        method: &str,
        schema: Schema,
        now: Moment,
    ) -> Self {
        let line = Line {
            call,
            time: now.0,
            method: method.to_owned(),
            schema: schema.name(),
            seen: Seen::default(),
            outcome: "GONE".into(),
            message: None,
            committed: false,
            fault: None,
            violation: None,
        };
        Self { journal, line: Some(line), seen: Seen::default(), call }
    }

    pub fn committed(&mut self) {
        self.change(|line| line.committed = true);
    }

    pub fn is_committed(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.committed)
    }

    pub fn fault(&mut self, name: String) {
        self.change(|line| line.fault = Some(name));
    }

    /// Notes a breach; the first one stays.
    pub fn violation(&mut self, violation: Option<Violation>) {
        let name = violation.map(Violation::name);
        self.change(|line| line.violation = line.violation.or(name));
    }

    pub fn refused(mut self, refusal: &Refusal) {
        self.violation(refusal.violation);
        let message = refusal.message.clone();
        self.change(|line| line.message = Some(message));
        self.ended(refusal::code_name(refusal.code));
    }

    pub fn answered(self) {
        self.ended(refusal::code_name(Code::Ok));
    }

    /// Ends with a code, a status, or `CUT`.
    pub fn ended(mut self, outcome: &str) {
        self.end(outcome);
    }

    /// As `ended`, for a call that goes on without a record.
    pub fn end(&mut self, outcome: &str) {
        if let Some(mut line) = self.line.take() {
            line.seen = std::mem::take(&mut self.seen);
            line.outcome = outcome.to_owned();
            self.journal.add(&line);
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Line)) {
        if let Some(line) = &mut self.line {
            change(line);
        }
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.end("GONE");
    }
}
