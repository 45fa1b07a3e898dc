//! Dates in header fields, in the three forms that a recipient must accept (RFC 9110 section 5.6.7).

/// The date as seconds since 1970-01-01, or nothing when it is none or lies before.
///
/// `unix_now` tells the century of the obsolete form with two digits: the year is the one nearest to now.
///
/// ```
/// use landfall_protocol::freshness::unix_seconds;
///
/// let now = 784_111_777;
/// assert_eq!(unix_seconds("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(now));
/// assert_eq!(unix_seconds("Sunday, 06-Nov-94 08:49:37 GMT", now), Some(now));
/// assert_eq!(unix_seconds("Sun Nov  6 08:49:37 1994", now), Some(now));
/// ```
pub fn unix_seconds(date: &str, unix_now: u64) -> Option<u64> {
    let mut words = date.split([' ', ',', '-']).filter(|word| !word.is_empty());
    let _day_of_the_week = words.next()?;
    let four = [words.next()?, words.next()?, words.next()?, words.next()?];
    let [day, month, year, time] = match (words.next(), four) {
        (Some("GMT"), in_order) => in_order,
        (None, [month, day, time, year]) => [day, month, year, time],
        _ => return None,
    };
    if words.next().is_some() {
        return None;
    }
    let (year, month, day) = (
        full_year(year, unix_now)?,
        month_number(month)?,
        number(day)?,
    );
    if !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    Some(
        (days_before_year(year)? + days_before_month(year, month) + day - 1) * 86_400
            + seconds_of_day(time)?,
    )
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The month from 0, by its name of three letters.
fn month_number(name: &str) -> Option<u64> {
    let at = MONTHS.iter().position(|month| *month == name)?;
    Some(at as u64)
}

/// The year, where two digits stand for the one of them nearest to now.
fn full_year(digits: &str, unix_now: u64) -> Option<u64> {
    const SECONDS_OF_A_YEAR: u64 = 31_556_952;
    let year = number(digits)?;
    if digits.len() != 2 {
        return Some(year);
    }
    let now = (1970 + unix_now / SECONDS_OF_A_YEAR).min(9_999);
    let earliest = now - 49;
    Some(earliest + (year + 100 - earliest % 100) % 100)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        1 => 28 + u64::from(is_leap(year)),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

fn days_before_month(year: u64, month: u64) -> u64 {
    (0..month).map(|month| days_in_month(year, month)).sum()
}

/// Days from 1970-01-01 to the first of January.
fn days_before_year(year: u64) -> Option<u64> {
    let leap_days_until = |year: u64| year / 4 - year / 100 + year / 400;
    let years = year.checked_sub(1970)?;
    Some(years * 365 + leap_days_until(year - 1) - leap_days_until(1969))
}

fn seconds_of_day(time: &str) -> Option<u64> {
    let mut fields = time.split(':').map(number);
    let (hour, minute, second) = (fields.next()??, fields.next()??, fields.next()??);
    // A minute may have a 61st second.
    let is_time = hour < 24 && minute < 60 && second <= 60 && fields.next().is_none();
    is_time.then_some((hour * 60 + minute) * 60 + second)
}

/// A number of one to four digits.
fn number(digits: &str) -> Option<u64> {
    if !(1..=4).contains(&digits.len()) {
        return None;
    }
    digits.chars().try_fold(0, |number, digit| {
        Some(number * 10 + u64::from(digit.to_digit(10)?))
    })
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;
    use proptest::prelude::*;

    #[test]
    fn known_dates() {
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Mon, 23 Nov 2026 11:16:00 GMT", 1_795_432_560),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
        ] {
            assert_eq!(unix_seconds(date, 0), Some(seconds), "{date}");
        }
    }

    #[test]
    fn two_digits_are_the_year_nearest_to_now() {
        let year = |digits: &str, now: &str| {
            let seconds = |date: String| unix_seconds(&date, 0).unwrap();
            let now = seconds(["Mon, 01 Jul ", now, " 00:00:00 GMT"].concat());
            unix_seconds(&["Monday, 01-Jan-", digits, " 00:00:00 GMT"].concat(), now).unwrap()
                / 31_556_952
                + 1970
        };
        assert_eq!(year("94", "2026"), 1994);
        assert_eq!(year("26", "2026"), 2026);
        assert_eq!(year("75", "2026"), 2075);
        assert_eq!(year("76", "2026"), 2076);
        assert_eq!(year("77", "2026"), 1977);
        assert_eq!(year("05", "1999"), 2005);
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for text in [
            "",
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Sun, 31 Apr 1994 08:49:37 GMT",
            "Sun, 29 Feb 2100 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 anF 1994 08:49:37 GMT",
            "Sun, 06 Nov 19940 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999999 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
        ] {
            assert_eq!(unix_seconds(text, 0), None, "{text}");
        }
    }

    /// Days by counting them, year by year.
    fn days_counted(year: u64) -> u64 {
        (1970..year)
            .map(|y| {
                if (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 {
                    366
                } else {
                    365
                }
            })
            .sum()
    }

    proptest! {
        #[test]
        fn the_first_of_january_is_where_counting_gives_it(year in 1970_u64..=9_999) {
            let date = ["Thu, 01 Jan ", &year.to_string(), " 00:00:00 GMT"].concat();
            prop_assert_eq!(unix_seconds(&date, 0), Some(days_counted(year) * 86_400));
        }

        #[test]
        fn whatever_is_sent_it_is_read(
            text in "[A-Z][a-z]{2},? [0-9]{1,5}[ -][A-Z][a-z]{2}[ -][0-9]{1,5} [0-9:]{3,9} (GMT)?", now: u64,
        ) {
            unix_seconds(&text, now);
        }
    }
}
