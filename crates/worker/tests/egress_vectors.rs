//! Address forms that people have got past such guards with, and the verdict on each.
//!
//! Per line: a URL's host (with user info and port where they matter), then the verdict under the
//! policies internal and public:
//!
//! `a` allowed, `r` refused, `n` a name, which the resolver decides on, `x` not a URL.

#![expect(clippy::unwrap_used, reason = "in a test it is an assertion")]

use horarium_worker::{EgressGuard, EgressPolicy};
use url::{Host, Url};

fn verdict(guard: &EgressGuard, authority: &str) -> char {
    let Ok(url) = Url::parse(&format!("http://{authority}/path")) else { return 'x' };
    match (guard.check_url(&url), url.host()) {
        (Err(_), _) => 'r',
        (Ok(()), Some(Host::Domain(_))) => 'n',
        (Ok(()), _) => 'a',
    }
}

/// The server listens everywhere at 8080; `public` allows `10.1.0.0/16` and `fd12::/16` besides.
fn check(vectors: &[(&str, &str)]) {
    let own = vec!["0.0.0.0:8080".parse().unwrap()];
    let allow = ["10.1.0.0/16", "fd12::/16"].map(|net| net.parse().unwrap()).to_vec();
    let internal = EgressGuard::new(EgressPolicy::Internal, own.clone());
    let public = EgressGuard::new(EgressPolicy::Public { allow }, own);
    let wrong: Vec<_> = vectors
        .iter()
        .map(|(authority, expect)| {
            let got = [&internal, &public].map(|guard| verdict(guard, authority));
            (*authority, *expect, String::from_iter(got))
        })
        .filter(|(_, expect, got)| expect != got)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn loopback_in_every_spelling() {
    check(&[
        ("127.0.0.1", "ar"),
        ("127.0.0.1:8080", "rr"),
        ("127.1", "ar"),
        ("127.1:8080", "rr"),
        ("127.0.1:8080", "rr"),
        ("127.255.255.254:8080", "rr"),
        ("2130706433:8080", "rr"),
        ("0x7f000001:8080", "rr"),
        ("0X7F000001:8080", "rr"),
        ("0x7f.0.0.1:8080", "rr"),
        ("0x7f.1:8080", "rr"),
        ("0x7f.0x1:8080", "rr"),
        ("017700000001:8080", "rr"),
        ("0177.0.0.1:8080", "rr"),
        ("0177.1:8080", "rr"),
        ("00000177.0.0.01:8080", "rr"),
        ("127.0.0.1.:8080", "rr"),
        ("127。0。0。1:8080", "rr"),
        ("127．0．0．1:8080", "rr"),
        ("１２７.0.0.1:8080", "rr"),
        ("①②⑦.⓪.⓪.①:8080", "rr"),
        ("%31%32%37.0.0.1:8080", "rr"),
        ("127%2e0%2e0%2e1:8080", "rr"),
        ("[::1]", "ar"),
        ("[::1]:8080", "rr"),
        ("[0:0:0:0:0:0:0:1]:8080", "rr"),
        ("[0000:0000:0000:0000:0000:0000:0000:0001]:8080", "rr"),
        ("[::ffff:127.0.0.1]", "ar"),
        ("[::ffff:127.0.0.1]:8080", "rr"),
        ("[::ffff:7f00:1]:8080", "rr"),
        ("[::127.0.0.1]:8080", "rr"),
        ("[::7f00:1]:8080", "rr"),
        ("[::ffff:0:127.0.0.1]:8080", "rr"),
        ("[64:ff9b::127.0.0.1]:8080", "rr"),
        ("[64:ff9b:1::127.0.0.1]:8080", "rr"),
        ("[2002:7f00:1::]:8080", "rr"),
        ("[2001:0:808:808::80ff:fffe]:8080", "rr"),
        ("[2606:4700::5efe:127.0.0.1]:8080", "rr"),
        ("localhost:8080", "nn"),
        ("localhost.:8080", "nn"),
        ("LOCALHOST:8080", "nn"),
        ("a.localhost:8080", "nn"),
        ("127.0.0.1.nip.io:8080", "nn"),
        ("256.0.0.1", "xx"),
        ("127.0.0.0.1", "xx"),
        ("0x7f.0.0.0x100", "xx"),
        ("4294967296", "xx"),
        ("0378.0.0.1", "xx"),
        ("127.0.0.1%00.example.com", "xx"),
        ("[::1", "xx"),
        ("[::1%25lo]:8080", "xx"),
        ("[::1%lo]:8080", "xx"),
        ("[127.0.0.1]:8080", "xx"),
        ("[::ffff:127.1]:8080", "xx"),
        ("127.0.0.1:99999", "xx"),
    ]);
}

#[test]
fn metadata_and_link_local_in_every_spelling() {
    check(&[
        ("169.254.169.254", "rr"),
        ("169.254.0.1", "rr"),
        ("169.254.255.255", "rr"),
        ("169.254.43518", "rr"),
        ("169.16689662", "rr"),
        ("2852039166", "rr"),
        ("0xa9fea9fe", "rr"),
        ("0xa9.0xfe.0xa9.0xfe", "rr"),
        ("0251.0376.0251.0376", "rr"),
        ("025177524776", "rr"),
        ("169。254。169。254", "rr"),
        ("169.254.169.254.", "rr"),
        ("[::ffff:169.254.169.254]", "rr"),
        ("[::ffff:a9fe:a9fe]", "rr"),
        ("[::a9fe:a9fe]", "rr"),
        ("[::ffff:0:a9fe:a9fe]", "rr"),
        ("[64:ff9b::a9fe:a9fe]", "rr"),
        ("[64:ff9b::169.254.169.254]", "rr"),
        ("[64:ff9b:1::a9fe:a9fe]", "rr"),
        ("[64:ff9b:1:a9fe:a9:fe00::]", "rr"),
        ("[64:ff9b:1:a9:fe:a9fe::]", "rr"),
        ("[64:ff9b:1:0:a9:fea9:fe00:0]", "rr"),
        ("[2002:a9fe:a9fe::]", "rr"),
        ("[2002:a9fe:a9fe:1:2:3:4:5]", "rr"),
        ("[2001:0:a9fe:a9fe::f7f7:f7f7]", "rr"),
        ("[2001:0:808:808::5601:5601]", "rr"),
        ("[2606:4700::200:5efe:a9fe:a9fe]", "rr"),
        ("[fd12::5efe:169.254.169.254]", "rr"),
        ("[fe80::1]", "rr"),
        ("[fe80::a9fe:a9fe]", "rr"),
        ("[febf:ffff::1]", "rr"),
        ("[fe80::1%25eth0]", "xx"),
        ("[fe80::1%eth0]", "xx"),
        ("[fd00:ec2::254]", "rr"),
        ("[fd20:ce::254]", "rr"),
        ("100.100.100.200", "rr"),
        ("192.0.0.192", "rr"),
        ("168.63.129.16", "rr"),
        ("metadata.google.internal", "nn"),
    ]);
}

#[test]
fn private_networks_are_for_the_internal_policy() {
    check(&[
        ("10.0.0.1", "ar"),
        ("10.255.255.255", "ar"),
        ("172.16.0.1", "ar"),
        ("172.31.255.255", "ar"),
        ("192.168.0.1", "ar"),
        ("0xc0a80001", "ar"),
        ("0300.0250.1", "ar"),
        ("100.64.0.1", "ar"),
        ("100.127.255.255", "ar"),
        ("192.0.0.1", "ar"),
        ("192.0.2.1", "ar"),
        ("192.88.99.1", "ar"),
        ("198.18.0.1", "ar"),
        ("198.19.255.255", "ar"),
        ("198.51.100.1", "ar"),
        ("203.0.113.1", "ar"),
        ("[fc00::1]", "ar"),
        ("[fdff::1]", "ar"),
        ("[fec0::1]", "ar"),
        ("[2001:db8::1]", "ar"),
        ("[2001:2::1]", "ar"),
        ("[2001:10::1]", "ar"),
        ("[3fff::1]", "ar"),
        ("[5f00::1]", "ar"),
        ("[100::1]", "ar"),
        ("[4000::1]", "ar"),
        ("[::ffff:10.0.0.1]", "ar"),
        ("[64:ff9b::10.0.0.1]", "ar"),
        ("[64:ff9b:1:a00:0:100::]", "ar"),
        ("[2002:a00:1::1]", "ar"),
        ("[2001:0:808:808::f5ff:fffe]", "ar"),
        ("[2606:4700::5efe:10.0.0.1]", "ar"),
        ("[fd00::5efe:8.8.8.8]", "ar"),
    ]);
}

#[test]
fn what_is_not_an_address_to_connect_to_is_refused_always() {
    check(&[
        ("0.0.0.0", "rr"),
        ("0", "rr"),
        ("0x0", "rr"),
        ("00", "rr"),
        ("0.1.2.3", "rr"),
        ("[::]", "rr"),
        ("[::ffff:0.0.0.0]", "rr"),
        ("[::ffff:0:0]", "rr"),
        ("[64:ff9b::]", "rr"),
        ("[64:ff9b:1::]", "rr"),
        ("[2002::]", "rr"),
        ("224.0.0.1", "rr"),
        ("239.255.255.250", "rr"),
        ("240.0.0.1", "rr"),
        ("255.255.255.255", "rr"),
        ("4294967295", "rr"),
        ("[ff02::1]", "rr"),
        ("[ff0e::1]", "rr"),
        ("[::ffff:224.0.0.1]", "rr"),
        ("[2002:e000:1::]", "rr"),
    ]);
}

#[test]
fn the_internet_and_what_the_list_allows_is_open_to_both() {
    check(&[
        ("8.8.8.8", "aa"),
        ("134744072", "aa"),
        ("1.1.1.1:8080", "aa"),
        ("9.255.255.255", "aa"),
        ("11.0.0.0", "aa"),
        ("100.63.255.255", "aa"),
        ("100.128.0.0", "aa"),
        ("126.255.255.255", "aa"),
        ("128.0.0.1", "aa"),
        ("169.253.255.255", "aa"),
        ("169.255.0.0", "aa"),
        ("172.15.255.255", "aa"),
        ("172.32.0.0", "aa"),
        ("192.167.255.255", "aa"),
        ("192.169.0.0", "aa"),
        ("198.17.255.255", "aa"),
        ("198.20.0.0", "aa"),
        ("223.255.255.255", "aa"),
        ("10.1.2.3", "aa"),
        ("10.2.0.0", "ar"),
        ("[fd12::1]", "aa"),
        ("[fd13::1]", "ar"),
        ("[2606:4700::1111]", "aa"),
        ("[2001:200::1]", "aa"),
        ("[::ffff:8.8.8.8]", "aa"),
        ("[::ffff:10.1.2.3]", "aa"),
        ("[64:ff9b::8.8.8.8]", "aa"),
        ("[64:ff9b:1::8.8.8.8]", "aa"),
        ("[2002:808:808::1]", "aa"),
        ("[2001:0:808:808::f7f7:f7f7]", "aa"),
        ("[2606:4700::5efe:8.8.8.8]", "aa"),
        ("example.com", "nn"),
    ]);
}

#[test]
fn what_looks_like_the_host_and_is_not() {
    check(&[
        ("8.8.8.8@169.254.169.254", "rr"),
        ("8.8.8.8:80@169.254.169.254", "rr"),
        ("user:8.8.8.8@127.0.0.1:8080", "rr"),
        ("8.8.8.8%40169.254.169.254", "xx"),
        ("169.254.169.254@8.8.8.8", "aa"),
        ("169.254.169.254#@8.8.8.8", "rr"),
        ("169.254.169.254?@8.8.8.8", "rr"),
        ("169.254.169.254\\@8.8.8.8", "rr"),
        ("8.8.8.8\\@169.254.169.254", "aa"),
        ("169.254.169.254/@8.8.8.8", "rr"),
        ("a@8.8.8.8@169.254.169.254", "rr"),
        ("/169.254.169.254", "rr"),
        ("\\169.254.169.254", "rr"),
        ("169.254\t.169.254", "rr"),
        ("169.254\n.169.254", "rr"),
        ("169.254 .169.254", "xx"),
        ("169.254.169.254:", "rr"),
        ("169.254.169.254:0080", "rr"),
    ]);
}

#[test]
fn only_http_and_https_are_called() {
    let guard = EgressGuard::new(EgressPolicy::Internal, vec![]);
    let check = |url: &str, expect: bool| {
        assert_eq!(guard.check_url(&Url::parse(url).unwrap()).is_ok(), expect, "{url}");
    };
    check("http://example.com/", true);
    check("HTTPS://example.com/", true);
    check("ftp://example.com/", false);
    check("file:///etc/passwd", false);
    check("gopher://127.0.0.1:6379/_FLUSHALL", false);
    check("ws://example.com/", false);
    check("data:text/plain,x", false);
    check("unix:/run/docker.sock", false);
}
