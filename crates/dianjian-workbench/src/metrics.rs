//! What a monitor asks for: counts of requests, and what is going on.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::serve::Served;

/// Bounds of the histogram of durations, in milliseconds.
const BOUNDS: [u64; 8] = [5, 10, 25, 50, 100, 500, 2_500, 10_000];

/// What is counted since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers by the hundreds of their status, from 100.
    answers: [AtomicU64; 5],
    /// Answers by their duration: up to each bound, and above all.
    durations: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Metrics {
    fn count(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).saturating_sub(1).min(self.answers.len() - 1);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|bound| millis <= *bound).unwrap_or(BOUNDS.len());
        self.answers[class].fetch_add(1, Ordering::Relaxed);
        self.durations[bucket].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The counts in the text format of Prometheus, with how many checks and plans are going on.
    pub fn text(&self, checks: usize, plans: usize) -> String {
        let mut out = String::new();
        let mut line = |line: String| {
            let _ = writeln!(out, "{line}");
        };
        line("# TYPE dianjian_info gauge".to_owned());
        line(format!("dianjian_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")));
        line("# TYPE dianjian_checks_active gauge".to_owned());
        line(format!("dianjian_checks_active {checks}"));
        line("# TYPE dianjian_plans_active gauge".to_owned());
        line(format!("dianjian_plans_active {plans}"));
        line("# TYPE dianjian_answers_total counter".to_owned());
        for (class, count) in (1..).zip(&self.answers) {
            line(format!("dianjian_answers_total{{status=\"{class}xx\"}} {}", count.load(Ordering::Relaxed)));
        }
        line("# TYPE dianjian_answer_seconds histogram".to_owned());
        let mut below = 0;
        for (at, count) in self.durations.iter().enumerate() {
            below += count.load(Ordering::Relaxed);
            let bound = BOUNDS.get(at).map_or_else(|| "+Inf".to_owned(), |bound| (*bound as f64 / 1_000.0).to_string());
            line(format!("dianjian_answer_seconds_bucket{{le=\"{bound}\"}} {below}"));
        }
        let seconds = self.micros.load(Ordering::Relaxed) as f64 / 1e6;
        line(format!("dianjian_answer_seconds_sum {seconds}"));
        line(format!("dianjian_answer_seconds_count {below}"));
        out
    }
}

/// Counts every answer, those that the guard gives among them.
pub async fn count(State(served): State<Arc<Served>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let answer = next.run(request).await;
    served.metrics.count(answer.status().as_u16(), begun.elapsed());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_all_that_is_below_them() {
        let metrics = Metrics::default();
        metrics.count(200, Duration::from_millis(3));
        metrics.count(404, Duration::from_millis(60));
        metrics.count(200, Duration::from_secs(60));
        let text = metrics.text(1, 0);
        for line in [
            "dianjian_checks_active 1",
            "dianjian_answers_total{status=\"2xx\"} 2",
            "dianjian_answers_total{status=\"4xx\"} 1",
            "dianjian_answer_seconds_bucket{le=\"0.005\"} 1",
            "dianjian_answer_seconds_bucket{le=\"0.1\"} 2",
            "dianjian_answer_seconds_bucket{le=\"+Inf\"} 3",
            "dianjian_answer_seconds_count 3",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}: {text}");
        }
    }
}
