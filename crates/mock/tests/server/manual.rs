//! The examples in the manual.

use gchat_filter_mock::Mock;

use super::http::Request;
use super::names;

const MANUAL: &str = include_str!("../../src/manual.md");

#[test]
fn manual_seed_is_valid() {
    let (_, seed) = MANUAL.split_once("```json\n").unwrap();
    let (seed, rest) = seed.split_once("```\n").unwrap();
    assert!(!rest.contains("```json"), "only one seed is tested");
    let server = Mock::from_json(seed).unwrap().serve().unwrap();
    let list = Request::get("/v1/spaces/AAAA/members").header("authorization", "Bearer t1");
    assert_eq!(names(&list.send(&server)), ["1", "app1"]);
    for expected in [429, 429, 401] {
        assert_eq!(
            Request::get("/v1/spaces/SLOW1/members")
                .send(&server)
                .status,
            expected,
        );
    }
}
