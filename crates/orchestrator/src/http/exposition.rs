//! Samples in the text format of Prometheus (version 0.0.4).

use prometheus_client::collector::Collector;
pub(super) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use std::fmt;

/// What kind of number a sample is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// May go up and down.
    Gauge,
    /// Only goes up while the daemon runs. Its name gets `_total` at the end.
    Counter,
}

/// Names and values: all of them texts of the program, so that nothing from outside can become a label.
pub(super) type Labels = Vec<(&'static str, &'static str)>;

/// Families of samples, of one moment.
#[derive(Debug, Default)]
pub(super) struct Metrics(Vec<Family>);

#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    samples: Vec<(Labels, f64)>,
}

impl Metrics {
    /// Adds a family: its name with the unit at the end, what it is, and a sample for each set of labels.
    pub(super) fn family(
        &mut self,
        kind: Kind,
        name: &'static str,
        help: &'static str,
        samples: impl IntoIterator<Item = (Labels, f64)>,
    ) {
        self.0.push(Family {
            name,
            help,
            kind,
            samples: samples.into_iter().collect(),
        });
    }

    /// Adds a number without labels.
    pub(super) fn gauge(&mut self, name: &'static str, help: &'static str, value: f64) {
        self.family(Kind::Gauge, name, help, [(Vec::new(), value)]);
    }

    /// Adds a count without labels.
    pub(super) fn counter(&mut self, name: &'static str, help: &'static str, value: f64) {
        self.family(Kind::Counter, name, help, [(Vec::new(), value)]);
    }

    /// The text.
    ///
    /// # Errors
    /// Never while memory can be written to.
    pub(super) fn text(self) -> Result<String, fmt::Error> {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(self));
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|family| match family.kind {
            Kind::Gauge => family.encode(&mut encoder, ConstGauge::<f64>::new),
            Kind::Counter => family.encode(&mut encoder, ConstCounter::<f64>::new),
        })
    }
}

impl Family {
    fn encode<M: EncodeMetric>(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        metric: impl Fn(f64) -> M,
    ) -> fmt::Result {
        let kind = metric(0.0).metric_type();
        let mut family = encoder.encode_descriptor(self.name, self.help, None, kind)?;
        for (labels, value) in &self.samples {
            metric(*value).encode(family.encode_family(labels)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let mut metrics = Metrics::default();
        metrics.gauge("a_seconds", "How long.", 0.25);
        let by_class = [("x", 1.0), ("y", 2.0)].map(|(it, n)| (vec![("class", it)], n));
        metrics.family(Kind::Counter, "b", "How many.", by_class);
        assert_eq!(
            metrics.text().unwrap(),
            "# HELP a_seconds How long.\n# TYPE a_seconds gauge\na_seconds 0.25\n\
             # HELP b_total How many.\n# TYPE b_total counter\nb_total{class=\"x\"} 1.0\nb_total{class=\"y\"} 2.0\n"
        );
    }
}
