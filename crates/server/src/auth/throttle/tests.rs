//! Claims about throttling, each a small story told with instants.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_000_000 + seconds).unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn the_wait_doubles_up_to_its_bound() {
    let check = |n_failures: u32, seconds: i64| {
        assert_eq!(PER_ACCOUNT.wait(n_failures).as_secs(), seconds, "{n_failures}");
    };
    check(1, 0);
    check(4, 0);
    check(5, 1);
    check(6, 2);
    check(10, 32);
    check(11, 60);
    check(u32::MAX, 60);
}

#[test]
fn ten_thousand_guesses_in_ten_minutes_are_twenty_tries() {
    let mut throttle = Throttle::default();
    let tried = (0..10_000_i64).filter(|n| {
        let now = at(0) + SignedDuration::from_millis(n * 60);
        throttle.begin("victim", address("192.0.2.1"), now).is_ok()
    });
    let n_tried = tried.count();
    assert!((10..=25).contains(&n_tried), "{n_tried}");
}

#[test]
fn one_password_on_many_accounts_is_bounded_too() {
    let mut throttle = Throttle::default();
    let tried = (0..10_000_i64).filter(|n| {
        let now = at(0) + SignedDuration::from_millis(n * 60);
        throttle.begin(&format!("account {n}"), address("192.0.2.1"), now).is_ok()
    });
    let n_tried = tried.count();
    assert!((30..=100).contains(&n_tried), "{n_tried}");
}

#[test]
fn two_hundred_at_once_are_five_tries() {
    let mut throttle = Throttle::default();
    let tried = (0..200).filter(|_| throttle.begin("victim", address("::1"), at(0)).is_ok());
    assert_eq!(tried.count(), 5);
}

#[test]
fn the_victim_logs_in_from_another_address() {
    let mut throttle = Throttle::default();
    while throttle.begin("victim", address("192.0.2.1"), at(0)).is_ok() {}
    assert!(throttle.begin("victim", address("192.0.2.1"), at(0)).is_err());
    assert!(throttle.begin("victim", address("192.0.2.2"), at(0)).is_ok());
}

#[test]
fn the_wait_is_told_and_ends() {
    let mut throttle = Throttle::default();
    for _ in 0..5 {
        throttle.begin("a", address("192.0.2.1"), at(0)).unwrap();
    }
    let wait = throttle.begin("a", address("192.0.2.1"), at(0)).unwrap_err();
    assert_eq!(wait.as_secs(), 1);
    assert!(throttle.begin("a", address("192.0.2.1"), at(1)).is_ok());
}

#[test]
fn a_failure_a_minute_is_forgotten() {
    let mut throttle = Throttle::default();
    for minute in 0..100 {
        throttle.begin("a", address("192.0.2.1"), at(minute * 60)).unwrap();
    }
}

#[test]
fn success_forgets_the_accounts_failures() {
    let mut throttle = Throttle::default();
    for _ in 0..20 {
        for _ in 0..4 {
            throttle.begin("a", address("192.0.2.1"), at(0)).unwrap();
        }
        for _ in 0..4 {
            throttle.succeeded("a", address("192.0.2.1"));
        }
    }
    assert!(throttle.buckets.is_empty());
}

#[test]
fn a_try_that_was_not_answered_does_not_count() {
    let mut throttle = Throttle::default();
    for _ in 0..100 {
        throttle.begin("a", address("192.0.2.1"), at(0)).unwrap();
        throttle.withdrawn("a", address("192.0.2.1"));
    }
    assert!(throttle.buckets.is_empty());
}

#[test]
fn one_customers_ipv6_addresses_are_one() {
    let check = |one: &str, other: &str, expect: bool| {
        assert_eq!(block(address(one)) == block(address(other)), expect, "{one} {other}");
    };
    check("2001:db8::1", "2001:db8::ffff:0:1", true);
    check("2001:db8::1", "2001:db8:0:1::1", false);
    check("::ffff:192.0.2.1", "192.0.2.1", true);
    check("::ffff:192.0.2.1", "192.0.2.2", false);
}

#[test]
fn the_map_stays_within_its_bound_whatever_comes() {
    let mut throttle = Throttle::default();
    for n in 0..u32::try_from(BUCKETS_MAX).unwrap() * 2 {
        let address = IpAddr::V4(n.into());
        throttle.begin("a", address, at(0)).unwrap();
        assert!(throttle.buckets.len() <= BUCKETS_MAX);
    }
    throttle.begin("a", address("255.0.0.1"), at(1)).unwrap();
    throttle.begin("a", address("255.0.0.2"), at(-1)).unwrap();
    assert!(throttle.buckets.len() <= BUCKETS_MAX);
}
