//! The command line of the simulator.

/// How it is called.
pub(crate) const USAGE: &str = "\
usage: landfall-sim [--schedules N] [--seed S] [--threads T] [--json FILE] [--trace]

  --schedules N   run the seeds S to S+N-1, after the kept ones (default: 100000)
  --seed S        the first seed (default: 0)
  --threads T     on so many threads (default: one per core)
  --json FILE     write what was run as one JSON object
  --trace         run the one seed S and say what happens, step by step";

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) schedules: u64,
    pub(crate) seed: u64,
    pub(crate) threads: Option<usize>,
    pub(crate) json: Option<String>,
    pub(crate) trace: bool,
    pub(crate) help: bool,
}

/// Reads the arguments.
///
/// # Errors
/// A sentence that names what is wrong.
pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut read = Arguments {
        schedules: 100_000,
        seed: 0,
        threads: None,
        json: None,
        trace: false,
        help: false,
    };
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{name} needs a value"))
        };
        match name.as_str() {
            "--schedules" => read.schedules = number(&name, &value()?)?,
            "--seed" => read.seed = number(&name, &value()?)?,
            "--threads" => {
                let threads = usize::try_from(number(&name, &value()?)?).unwrap_or(usize::MAX);
                if !(1..=1_024).contains(&threads) {
                    return Err("--threads takes a number from 1 to 1024".to_owned());
                }
                read.threads = Some(threads);
            }
            "--json" => read.json = Some(value()?),
            "--trace" => read.trace = true,
            "--help" | "-h" => read.help = true,
            _ => return Err(format!("{name} is not an option of this program")),
        }
    }
    Ok(read)
}

fn number(name: &str, value: &str) -> Result<u64, String> {
    value
        .replace(['_', ','], "")
        .parse()
        .map_err(|_| format!("{name} takes a whole number, not {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<Arguments, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_option_is_read() {
        let read =
            of("--schedules 1_000,000 --seed 7 --threads 2 --json out.json --trace").unwrap();
        assert_eq!((read.schedules, read.seed), (1_000_000, 7));
        assert_eq!(
            (read.threads, read.json.as_deref()),
            (Some(2), Some("out.json"))
        );
        assert!(read.trace);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, named) in [
            ("--seed", "--seed"),
            ("--seed x", "\"x\""),
            ("--threads 0", "--threads"),
            ("--fast", "--fast"),
        ] {
            assert!(of(line).unwrap_err().contains(named), "{line}");
        }
    }
}
