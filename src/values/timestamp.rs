//! Timestamps of RFC 3339.

use std::fmt;
use std::str::FromStr;

use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while, take_while_m_n};
use nom::character::complete::{char, one_of};
use nom::combinator::{all_consuming, cond, opt, value as to};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// An instant, to the nanosecond, from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z: the
/// range of protobuf's `Timestamp`.
///
/// Parsed from text in the format of RFC 3339, with up to nine fraction digits and a time zone.
/// `Display` prints UTC with the fewest fraction digits.
///
/// ```
/// use gchat_filter::Timestamp;
///
/// let timestamp: Timestamp = "2012-04-21T11:30:00.50-04:00".parse()?;
/// assert_eq!(timestamp.to_string(), "2012-04-21T15:30:00.5Z");
/// assert_eq!((timestamp.seconds(), timestamp.nanos()), (1_335_022_200, 500_000_000));
/// # Ok::<(), gchat_filter::InvalidTimestamp>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    /// Nanoseconds of the second, which count forward also before 1970.
    nanos: u32,
}

const NANOS: u32 = 1_000_000_000;
const DAY: i64 = 86_400;

impl Timestamp {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self {
        seconds: -62_135_596_800,
        nanos: 0,
    };

    /// 9999-12-31T23:59:59.999999999Z.
    pub const MAX: Self = Self {
        seconds: 253_402_300_799,
        nanos: NANOS - 1,
    };

    /// Creates a timestamp from seconds since 1970-01-01T00:00:00Z and nanoseconds of the second;
    /// `None` if either is out of range.
    #[must_use]
    pub fn new(seconds: i64, nanos: u32) -> Option<Self> {
        let timestamp = Self { seconds, nanos };
        (nanos < NANOS && (Self::MIN..=Self::MAX).contains(&timestamp)).then_some(timestamp)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z; negative before.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds of the second, from 0 to 999,999,999.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// Returns the timestamp one nanosecond later; `None` after the last one.
    pub(crate) fn next(self) -> Option<Self> {
        if self.nanos + 1 < NANOS {
            Self::new(self.seconds, self.nanos + 1)
        } else {
            Self::new(self.seconds + 1, 0)
        }
    }

    /// Returns the timestamp one nanosecond earlier; `None` before the first one.
    pub(crate) fn previous(self) -> Option<Self> {
        match self.nanos.checked_sub(1) {
            Some(nanos) => Self::new(self.seconds, nanos),
            None => Self::new(self.seconds - 1, NANOS - 1),
        }
    }

    /// Returns a text with `T` between its date and its time and a capital `Z` at its end; `None` if
    /// it has no such parts.
    pub(crate) fn with_separators(text: &str) -> Option<String> {
        let (date, rest) = text.split_at_checked(10)?;
        let clock = rest.strip_prefix([' ', 't', 'T'])?;
        Some(match clock.strip_suffix('z') {
            Some(clock) => format!("{date}T{clock}Z"),
            None => format!("{date}T{clock}"),
        })
    }

    /// Returns the timestamp that a text in another format means, and whether it has a time zone: UTC, if
    /// not. `None` if it is not clear.
    pub(crate) fn meant(text: &str) -> Option<(String, bool)> {
        let text = text.trim().trim_end_matches([';', ',', ' ']);
        let (_, found) = all_consuming(other_format).parse_complete(text).ok()?;
        Self::parse(found.0.as_bytes()).map(|_| found)
    }

    /// Parses a timestamp.
    #[inline]
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let fraction = opt(preceded(char('.'), fraction));
        let rule = (date_time, fraction, offset);
        let (_, (second, nanos, offset)) = all_consuming(rule).parse_complete(text).ok()?;
        Self::new(second - offset, nanos.unwrap_or(0))
    }
}

type Parsed<'a, O> = IResult<&'a [u8], O, ()>;

/// `4DIGIT "-" 2DIGIT "-" 2DIGIT "T" hour ":" minute ":" second`, as seconds since
/// 1970-01-01T00:00:00. Hand-written, because nom reads a digit at a time.
#[inline]
fn date_time(i: &[u8]) -> Parsed<'_, i64> {
    let second = |text: &[u8; 19]| {
        let [
            y0,
            y1,
            y2,
            y3,
            b'-',
            mo0,
            mo1,
            b'-',
            d0,
            d1,
            b'T',
            time @ ..,
        ] = *text
        else {
            return None;
        };
        let [h0, h1, b':', mi0, mi1, b':', s0, s1] = time else {
            return None;
        };
        let day = days(
            number([y0, y1, y2, y3])?,
            number([mo0, mo1])?,
            number([d0, d1])?,
        )?;
        Some(day * DAY + clock([h0, h1], [mi0, mi1])? + below(60, [s0, s1])?)
    };
    let (text, rest) = i.split_first_chunk().ok_or(nom::Err::Error(()))?;
    second(text).map_or(Err(nom::Err::Error(())), |second| Ok((rest, second)))
}

/// `offset = "Z" | ("+" | "-") hour ":" minute`, as seconds
#[inline]
fn offset(i: &[u8]) -> Parsed<'_, i64> {
    let offset = match *i {
        [b'Z', ref rest @ ..] => Some((rest, 0)),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1, ref rest @ ..] => {
            let signed = |offset: i64| if sign == b'-' { -offset } else { offset };
            clock([h0, h1], [m0, m1]).map(|offset| (rest, signed(offset)))
        }
        _ => None,
    };
    offset.ok_or(nom::Err::Error(()))
}

/// `fraction = 1*9DIGIT`, as nanoseconds
fn fraction(i: &[u8]) -> Parsed<'_, u32> {
    let digits = take_while_m_n(1, 9, |byte: u8| byte.is_ascii_digit());
    digits
        .map(|digits: &[u8]| {
            let padded = digits.iter().copied().chain(std::iter::repeat(b'0'));
            let padded = padded.take(9);
            padded.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'))
        })
        .parse_complete(i)
}

/// Returns the seconds of an hour and a minute.
#[inline]
fn clock(hour: [u8; 2], minute: [u8; 2]) -> Option<i64> {
    Some(below(24, hour)? * 3600 + below(60, minute)? * 60)
}

/// Returns a two-digit number below a limit.
#[inline]
fn below(limit: i64, digits: [u8; 2]) -> Option<i64> {
    number(digits).filter(|number| *number < limit)
}

/// Returns the number that digits are.
#[inline]
fn number<const DIGITS: usize>(digits: [u8; DIGITS]) -> Option<i64> {
    let are_digits = digits.iter().all(u8::is_ascii_digit);
    let add = |number, digit: &u8| number * 10 + i64::from(digit.wrapping_sub(b'0'));
    are_digits.then(|| digits.iter().fold(0, add))
}

/// A date, perhaps a time, and perhaps a time zone, with other separators or digits: `2026/1/31 12:00`,
/// `20260131T120000+0100`, `2026-01-31 12:00:00 UTC`.
#[cold]
fn other_format(i: &str) -> IResult<&str, (String, bool), ()> {
    let digits = |least| take_while_m_n(least, 2, |c: char| c.is_ascii_digit());
    let year = take_while_m_n(4, 4, |c: char| c.is_ascii_digit());
    let separator = || opt(one_of("-/.\u{2212}\u{2011}\u{2013}"));
    let mut date = (year, separator(), digits(1), separator(), digits(1));
    let (i, (year, first, month, second, day)) = date.parse_complete(i)?;
    let (i, gap) = take_while(|c| matches!(c, ' ' | 'T' | 't' | '_')).parse_complete(i)?;
    let is_compact = first.is_none() && gap.is_empty() && !i.is_empty();
    if first.is_some() != second.is_some() || is_compact {
        // Not a date, such as a number of seconds.
        return Err(nom::Err::Error(()));
    }
    let next = || preceded(opt(char(':')), digits(2));
    let fraction = take_while_m_n(1, 9, |c: char| c.is_ascii_digit());
    let seconds = (next(), opt(preceded(one_of(".,"), fraction)));
    let (i, time) = opt((digits(1), opt((next(), opt(seconds))))).parse_complete(i)?;
    let (i, _) = take_while(|c| c == ' ').parse_complete(i)?;
    let sign = alt((to("+", char('+')), to("-", one_of("-\u{2212}"))));
    let utc = alt((tag_no_case("utc"), tag_no_case("gmt"), tag_no_case("z")));
    let offset = cond(time.is_some(), opt((sign, digits(1), opt(next()))));
    let (i, offset) = offset.map(Option::flatten).parse_complete(i)?;
    let (i, utc) = opt(utc).parse_complete(i)?;
    let (hour, minute, second, fraction) = match time {
        None => ("0", "00", "00", None),
        Some((hour, None)) => (hour, "00", "00", None),
        Some((hour, Some((minute, None)))) => (hour, minute, "00", None),
        Some((hour, Some((minute, Some((second, fraction)))))) => (hour, minute, second, fraction),
    };
    let mut text = format!("{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}:{second}");
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    let zone = match offset {
        Some((sign, hour, minute)) if utc.is_none() => {
            format!("{sign}{hour:0>2}:{}", minute.unwrap_or("00"))
        }
        _ => "Z".to_owned(),
    };
    text.push_str(&zone);
    Ok((i, (text, offset.is_some() || utc.is_some())))
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the days from 1970-01-01 to a day of the Gregorian calendar; `None` if there is no such
/// day.
#[inline]
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if year < 1 || !(1..=12).contains(&month) || !(1..=month_length(year, month)).contains(&day) {
        return None;
    }
    // A year from March to February has its leap day at its end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 719_469)
}

/// Returns the year, the month and the day; the inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.seconds.div_euclid(DAY));
        let second = self.seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos > 0 {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

/// The error for text that is not a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTimestamp {
    /// `2026-01-01`.
    #[error("a time of day is missing after the date")]
    DateOnly,
    /// `2026-01-01T00:00:00`.
    #[error("a time zone is missing, such as `Z`")]
    NoOffset,
    /// `2026-01-01 00:00:00Z` or `2026-01-01t00:00:00z`.
    #[error("the separator is not `T`, or the time zone is not `Z`")]
    Separators,
    /// `2026-01-01T00:00:00.0123456789Z`.
    #[error("the fraction has more than nine digits")]
    TooPrecise,
    /// `2026-02-30T00:00:00Z`, `2026-01-01T24:00:00Z` or `2026-12-31T23:59:60Z`.
    #[error("there is no such day or time")]
    OutOfRange,
    /// Any other text.
    #[error("expected the format `2026-01-31T12:00:00Z`")]
    Format,
}

impl InvalidTimestamp {
    /// Returns what is wrong with a text that is not a timestamp.
    fn of(text: &str) -> Self {
        if let Some(fixed) = Timestamp::with_separators(text)
            && Timestamp::parse(fixed.as_bytes()).is_some()
        {
            return Self::Separators;
        }
        let digits: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        let (date, rest) = digits.split_at_checked(10).unwrap_or((&digits, ""));
        let (clock, rest) = rest.split_at_checked(9).unwrap_or((rest, ""));
        if date != "0000-00-00" {
            return Self::Format;
        }
        if text.len() == date.len() {
            return if Timestamp::parse(format!("{text}T00:00:00Z").as_bytes()).is_some() {
                Self::DateOnly
            } else {
                Self::OutOfRange
            };
        }
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                let zone = rest.trim_start_matches('0');
                (rest.len() - zone.len(), zone)
            }
            None => (0, rest),
        };
        if rest.starts_with('.') && fraction == 0 {
            return Self::Format;
        }
        match (clock, zone) {
            ("T00:00:00", "" | "Z" | "+00:00" | "-00:00") if fraction > 9 => Self::TooPrecise,
            ("T00:00:00", "") if Timestamp::parse(format!("{text}Z").as_bytes()).is_some() => {
                Self::NoOffset
            }
            ("T00:00:00", "" | "Z" | "+00:00" | "-00:00") => Self::OutOfRange,
            _ => Self::Format,
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// # Errors
    ///
    /// If the text is not a timestamp in the format of RFC 3339, such as `2026-01-01` or
    /// `2026-01-01T00:00:00`; if it uses a lower-case `t` or `z`, or a space, as separator; or if
    /// there is no such time, such as `2026-02-30T00:00:00Z`.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        Self::parse(text.as_bytes()).ok_or_else(|| InvalidTimestamp::of(text))
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, InvalidTimestamp, Timestamp};

    #[test]
    fn parses_timestamps() {
        for (text, seconds, nanos) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2012-04-21T11:30:00-04:00", 1_335_022_200, 0),
            ("2013-01-01T00:00:00+00:00", 1_356_998_400, 0),
            ("2013-01-01T00:00:00-00:00", 1_356_998_400, 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
            ("0001-01-01T00:01:00+00:01", -62_135_596_800, 0),
            (
                "9999-12-31T23:59:59.999999999Z",
                253_402_300_799,
                999_999_999,
            ),
            ("2000-02-29T00:00:00.5Z", 951_782_400, 500_000_000),
            ("1969-12-31T23:59:59.000000001Z", -1, 1),
        ] {
            assert_eq!(text.parse(), Ok(Timestamp { seconds, nanos }), "{text}");
        }
    }

    #[test]
    fn explains_what_is_not_a_timestamp() {
        use InvalidTimestamp::{DateOnly, Format, NoOffset, OutOfRange, Separators, TooPrecise};
        for (text, expected) in [
            ("2012-04-21", DateOnly),
            ("2012-04-21T11:30:00", NoOffset),
            ("2012-04-21T11:30:00.5", NoOffset),
            ("2012-04-21t11:30:00z", Separators),
            ("2012-04-21 11:30:00+01:00", Separators),
            ("2012-04-21T11:30:00.1234567890Z", TooPrecise),
            ("2001-02-29T00:00:00Z", OutOfRange),
            ("2001-02-29", OutOfRange),
            ("2012-04-21T24:00:00Z", OutOfRange),
            ("2012-04-21T11:30:60Z", OutOfRange),
            ("2012-04-21T11:30:00+24:00", OutOfRange),
            ("2012-13-21T11:30:00", OutOfRange),
            ("0000-01-01T00:00:00Z", OutOfRange),
            ("0001-01-01T00:00:00+00:01", OutOfRange),
            ("9999-12-31T23:59:59-00:01", OutOfRange),
            ("", Format),
            ("now", Format),
            ("12-04-21T11:30:00Z", Format),
            ("2012-04-21T11:30Z", Format),
            ("2012-04-21T11:30:00.Z", Format),
            ("2012-04-21T11:30:00+0100", Format),
            ("2012-04-21T11:30:00Z ", Format),
            (" 2012-04-21T11:30:00Z", Format),
            ("2012-04-21T11:30:00é", Format),
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn prints_what_it_parses() {
        for day in (-719_162..2_932_896).step_by(97) {
            let timestamp = Timestamp::new(day * DAY + 7, 120).unwrap();
            assert_eq!(timestamp.to_string().parse(), Ok(timestamp));
        }
    }

    #[test]
    fn steps_by_nanoseconds() {
        assert_eq!(Timestamp::MAX.next(), None);
        assert_eq!(Timestamp::MIN.previous(), None);
        for text in ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z"] {
            let timestamp: Timestamp = text.parse().unwrap();
            let next = timestamp.next().unwrap();
            assert!(next > timestamp);
            assert_eq!(next.previous(), Some(timestamp));
        }
    }
}
