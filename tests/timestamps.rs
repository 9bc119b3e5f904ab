//! Timestamps of RFC 3339, compared with jiff.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests fail by panicking"
)]

use gchat_filter::messages::Filter;
use gchat_filter::{InvalidTimestamp, Timestamp};

/// The instant that jiff reads, as seconds and nanoseconds of the second; `None` if it reads none.
fn by_jiff(text: &str) -> Option<(i64, i32)> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    let nanos = timestamp.as_nanosecond();
    let second = nanos.div_euclid(1_000_000_000);
    let nanos = nanos.rem_euclid(1_000_000_000);
    Some((
        i64::try_from(second).unwrap(),
        i32::try_from(nanos).unwrap(),
    ))
}

fn own(timestamp: Timestamp) -> (i64, i32) {
    let nanos = i32::try_from(timestamp.nanos()).unwrap();
    (timestamp.seconds(), nanos)
}

/// The examples of RFC 3339, section 5.8. The API has no leap seconds.
#[test]
fn examples_of_the_rfc() {
    for (text, utc) in [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z"),
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.87Z"),
    ] {
        let timestamp: Timestamp = text.parse().unwrap();
        assert_eq!(timestamp.to_string(), utc);
        assert_eq!(Some(own(timestamp)), by_jiff(text));
    }
    for text in ["1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00"] {
        let error = text.parse::<Timestamp>().unwrap_err();
        assert_eq!(error, InvalidTimestamp::OutOfRange);
    }
}

/// Each kind of what is not a timestamp, in a filter, with its message and the fixed text.
#[test]
fn malformed_timestamps_have_messages() {
    const DATE_ONLY: &str = "a time of day is missing after the date";
    const NO_OFFSET: &str = "a time zone is missing, such as `Z`";
    const SEPARATORS: &str = "the separator is not `T`, or the time zone is not `Z`";
    const TOO_PRECISE: &str = "the fraction has more than nine digits";
    const OUT_OF_RANGE: &str = "there is no such day or time";
    for (text, message, fixed) in [
        ("2026-01-31", DATE_ONLY, Some("2026-01-31T00:00:00Z")),
        (
            "2026-01-31T12:00:00",
            NO_OFFSET,
            Some("2026-01-31T12:00:00Z"),
        ),
        (
            "2026-01-31T12:00:00.5",
            NO_OFFSET,
            Some("2026-01-31T12:00:00.5Z"),
        ),
        (
            "2026-01-31t12:00:00Z",
            SEPARATORS,
            Some("2026-01-31T12:00:00Z"),
        ),
        (
            "2026-01-31T12:00:00z",
            SEPARATORS,
            Some("2026-01-31T12:00:00Z"),
        ),
        (
            "2026-01-31 12:00:00Z",
            SEPARATORS,
            Some("2026-01-31T12:00:00Z"),
        ),
        (
            "2026-01-31 12:00:00+01:00",
            SEPARATORS,
            Some("2026-01-31T12:00:00+01:00"),
        ),
        ("2026-01-31T12:00:00.0123456789Z", TOO_PRECISE, None),
        // Leap seconds, the end of a day, and days and offsets that do not exist.
        ("2016-12-31T23:59:60Z", OUT_OF_RANGE, None),
        ("2026-01-31T24:00:00Z", OUT_OF_RANGE, None),
        ("2026-01-31T12:60:00Z", OUT_OF_RANGE, None),
        ("2026-02-29T12:00:00Z", OUT_OF_RANGE, None),
        ("1900-02-29T12:00:00Z", OUT_OF_RANGE, None),
        ("2026-04-31T12:00:00Z", OUT_OF_RANGE, None),
        ("2026-13-01T12:00:00Z", OUT_OF_RANGE, None),
        ("2026-00-01T12:00:00Z", OUT_OF_RANGE, None),
        ("2026-01-00T12:00:00Z", OUT_OF_RANGE, None),
        ("2026-01-31T12:00:00+24:00", OUT_OF_RANGE, None),
        ("2026-01-31T12:00:00+23:60", OUT_OF_RANGE, None),
        // Beyond the range, also after the offset is applied.
        ("0000-01-01T00:00:00Z", OUT_OF_RANGE, None),
        ("0001-01-01T00:00:00+00:01", OUT_OF_RANGE, None),
        ("9999-12-31T23:59:59-00:01", OUT_OF_RANGE, None),
    ] {
        assert_malformed(text, message, fixed);
    }
}

/// What other software writes is suggested in the format of the API, if it is clear.
#[test]
fn timestamps_of_other_formats_have_messages() {
    const FORMAT: &str = "expected the format `2026-01-31T12:00:00Z`";
    for (text, fixed) in [
        (
            "2024-03-3100:00:00+00:00",
            Some("2024-03-31T00:00:00+00:00"),
        ),
        ("2026-01-31T12:00Z", Some("2026-01-31T12:00:00Z")),
        ("2026-01-31T12:00:00+01", Some("2026-01-31T12:00:00+01:00")),
        (
            "2026-01-31T12:00:00+0100",
            Some("2026-01-31T12:00:00+01:00"),
        ),
        ("2026-01-31T12:00:00.Z", None),
        ("2026-01-31T12:00:00,5Z", Some("2026-01-31T12:00:00.5Z")),
        ("20260131T120000Z", Some("2026-01-31T12:00:00Z")),
        ("2026-1-31T12:00:00Z", Some("2026-01-31T12:00:00Z")),
        ("10000-01-01T00:00:00Z", None),
        ("-001-01-01T00:00:00Z", None),
        (" 2026-01-31T12:00:00Z", Some("2026-01-31T12:00:00Z")),
        ("2026-01-31T12:00:00Z ", Some("2026-01-31T12:00:00Z")),
        ("2026-01-31T12:00:00 Z", Some("2026-01-31T12:00:00Z")),
        ("٢٠٢٦-01-31T12:00:00Z", None),
        ("2026-01-31T12:00:00[Europe/Zurich]", None),
        ("2026/1/5", Some("2026-01-05T00:00:00Z")),
        ("2026-01-31 12:00", Some("2026-01-31T12:00:00Z")),
        ("2026-01-31T12:00:00 utc", Some("2026-01-31T12:00:00Z")),
        // The day or the month could come first; the others are no dates.
        ("01/02/2026", None),
        ("2026-01-31+01:00", None),
        ("12026-01-31", None),
        ("1769860800", None),
        ("yesterday", None),
        ("", None),
    ] {
        assert_malformed(text, FORMAT, fixed);
    }
}

fn assert_malformed(text: &str, message: &str, fixed: Option<&str>) {
    let error = text.parse::<Timestamp>().unwrap_err();
    assert_eq!(error.to_string(), message, "{text}");
    let filter = format!("create_time > \"{text}\"");
    let error = Filter::parse(&filter).unwrap_err();
    let first = error.first();
    assert_eq!(first.labels[0].text, message, "{text}");
    let fixed = fixed.map(|fixed| format!("create_time > \"{fixed}\""));
    let found = first.fix.as_ref().map(|fix| fix.apply(&filter).unwrap());
    assert_eq!(found, fixed, "{text}");
    if let Some(fixed) = found {
        assert!(Filter::parse(&fixed).is_ok(), "{fixed}");
    }
}

/// A timestamp with each byte replaced by each ASCII character, and with each byte left out.
#[test]
fn near_timestamps() {
    for text in [
        "2024-02-29T23:59:59.123456789+23:59",
        "2001-01-01T00:00:00Z",
    ] {
        for at in 0..text.len() {
            let (before, after) = (&text[..at], &text[at + 1..]);
            let replaced = (0..128_u8).map(|byte| format!("{before}{}{after}", char::from(byte)));
            for changed in replaced.chain([format!("{before}{after}")]) {
                if let Ok(timestamp) = changed.parse::<Timestamp>() {
                    assert_eq!(Some(own(timestamp)), by_jiff(&changed), "{changed}");
                }
            }
        }
    }
}

/// A linear congruential generator, so that the timestamps are always the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// Random texts in the format of RFC 3339: each is a timestamp if jiff has the day, the time and the
/// offset, and it is the same instant.
fn compare_with_jiff(count: u32) {
    let mut random = Random(3_339);
    let mut valid = 0;
    for _ in 0..count {
        // The years at the ends are only tested where no offset leaves the range.
        let year = 2 + random.below(9_997);
        let [month, day] = [14, 33].map(|limit| random.below(limit));
        let [hour, minute, second] = [25, 61, 60].map(|limit| random.below(limit));
        let digits = usize::try_from(random.below(11)).unwrap();
        let fraction = format!("{:010}", random.below(10_000_000_000));
        let fraction = match digits {
            0 => String::new(),
            _ => format!(".{}", &fraction[..digits]),
        };
        let offset = match random.below(3) {
            0 => "Z".to_owned(),
            sign => {
                let sign = if sign == 1 { '+' } else { '-' };
                let (hour, minute) = (random.below(25), random.below(61));
                format!("{sign}{hour:02}:{minute:02}")
            }
        };
        let text = format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
        );
        // jiff accepts more offsets, and rejects longer fractions as well.
        let is_offset = offset == "Z" || &offset[1..3] < "24" && &offset[4..] < "60";
        let expected = by_jiff(&text).filter(|_| is_offset && digits < 10);
        let found = text.parse::<Timestamp>().ok();
        assert_eq!(found.map(own), expected, "{text}");
        if let Some(found) = found {
            valid += 1;
            let printed: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(found.to_string(), printed.to_string(), "{text}");
        }
    }
    assert!(valid > count / 2, "{valid}");
}

#[test]
fn random_timestamps() {
    compare_with_jiff(50_000);
}

#[test]
#[ignore = "takes a minute: cargo test --release --test timestamps -- --ignored"]
fn a_million_random_timestamps() {
    compare_with_jiff(1_000_000);
}
