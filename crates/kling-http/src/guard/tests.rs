//! The guard against a corpus of addresses that have fooled others.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use kling_core::Source;
use proptest::prelude::*;
use url::Url;

use super::*;

fn local() -> Guard {
    Guard::for_base(&Url::parse("http://127.0.0.1:4700/aimlapi").expect("a URL"))
}

fn check(guard: &Guard, text: &str) -> Result<(), Blocked> {
    guard.check_url(&Url::parse(text).expect(text))
}

/// A resolver that gives the next list each time it is asked, and none in the end.
#[derive(Debug, Default)]
struct Scripted(Mutex<VecDeque<Vec<IpAddr>>>);

impl Scripted {
    fn new<const N: usize>(answers: [&[&str]; N]) -> Arc<Self> {
        let parse = |text: &&str| text.parse().expect("an IP address");
        let answers = answers.map(|answer| answer.iter().map(parse).collect());
        Arc::new(Self(Mutex::new(VecDeque::from(answers))))
    }
}

#[async_trait::async_trait]
impl Lookup for Scripted {
    async fn lookup(&self, _: &str) -> Result<Vec<IpAddr>, Source> {
        Ok(self
            .0
            .lock()
            .expect("no panic")
            .pop_front()
            .unwrap_or_default())
    }
}

#[test]
fn places_that_only_we_can_reach_are_refused() {
    for (text, range) in [
        ("https://127.0.0.1/", SpecialRange::Loopback),
        ("https://127.255.255.254/", SpecialRange::Loopback),
        ("https://2130706433/", SpecialRange::Loopback),
        ("https://0x7f000001/", SpecialRange::Loopback),
        ("https://0177.0.0.1/", SpecialRange::Loopback),
        ("https://127.1/", SpecialRange::Loopback),
        ("https://0x7f.1/", SpecialRange::Loopback),
        ("https://①②⑦.⓪.⓪.①/", SpecialRange::Loopback),
        ("https://127.0.0.1./", SpecialRange::Loopback),
        ("https://017700000001:8443/", SpecialRange::Loopback),
        ("https://１２７.0.0.1/", SpecialRange::Loopback),
        ("https://127。0。0。1/", SpecialRange::Loopback),
        (
            "https://127.0.0.1\\@cdn.example.com/",
            SpecialRange::Loopback,
        ),
        ("https://ⓛⓞcalhost/", SpecialRange::Loopback),
        ("https://localhost。/", SpecialRange::Loopback),
        ("https://lo\u{ad}calhost/", SpecialRange::Loopback),
        ("https://[::ffff:0:127.0.0.1]/", SpecialRange::Reserved),
        ("https://localhost/", SpecialRange::Loopback),
        ("https://LOCALHOST./", SpecialRange::Loopback),
        ("https://a.localhost/", SpecialRange::Loopback),
        ("https://[::1]/", SpecialRange::Loopback),
        ("https://[::ffff:127.0.0.1]/", SpecialRange::Loopback),
        ("https://[::ffff:7f00:1]/", SpecialRange::Loopback),
        ("https://[::127.0.0.1]/", SpecialRange::Reserved),
        ("https://[::]/", SpecialRange::Reserved),
        ("https://[64:ff9b::7f00:1]/", SpecialRange::Reserved),
        ("https://[64:ff9b::a9fe:a9fe]/", SpecialRange::LinkLocal),
        ("https://[64:ff9b:1::808:808]/", SpecialRange::Reserved),
        ("https://[2002:7f00:1::]/", SpecialRange::Reserved),
        ("https://[2002:a00:1::1]/", SpecialRange::Private),
        (
            "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
            SpecialRange::Reserved,
        ),
        ("https://0.0.0.0/", SpecialRange::Reserved),
        ("https://0/", SpecialRange::Reserved),
        ("https://10.0.0.1/", SpecialRange::Private),
        ("https://172.16.0.1/", SpecialRange::Private),
        ("https://172.31.255.255/", SpecialRange::Private),
        ("https://192.168.1.1/", SpecialRange::Private),
        ("https://100.64.0.1/", SpecialRange::Private),
        ("https://100.100.100.200/", SpecialRange::Private),
        (
            "https://169.254.169.254/latest/meta-data/",
            SpecialRange::LinkLocal,
        ),
        ("https://[::ffff:169.254.169.254]/", SpecialRange::LinkLocal),
        ("https://2852039166/", SpecialRange::LinkLocal),
        ("https://168.63.129.16/", SpecialRange::Metadata),
        ("https://[fd00:ec2::254]/", SpecialRange::Metadata),
        ("https://[fd12:3456::1]/", SpecialRange::Private),
        ("https://[fe80::1]/", SpecialRange::LinkLocal),
        ("https://[fec0::1]/", SpecialRange::Private),
        ("https://[ff02::1]/", SpecialRange::Multicast),
        ("https://224.0.0.1/", SpecialRange::Multicast),
        ("https://255.255.255.255/", SpecialRange::Reserved),
        ("https://240.0.0.1/", SpecialRange::Reserved),
        ("https://192.0.0.8/", SpecialRange::Reserved),
        ("https://192.0.2.1/", SpecialRange::Documentation),
        ("https://198.18.0.1/", SpecialRange::Documentation),
        ("https://198.19.255.255/", SpecialRange::Documentation),
        ("https://203.0.113.7/", SpecialRange::Documentation),
        ("https://[2001:db8::1]/", SpecialRange::Documentation),
        ("https://[3fff::1]/", SpecialRange::Documentation),
        ("https://[100::1]/", SpecialRange::Reserved),
        ("https://[5f00::1]/", SpecialRange::Reserved),
    ] {
        assert_eq!(
            check(&Guard::public_only(), text),
            Err(Blocked::Address(range)),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_address_at_all_does_not_get_as_far_as_the_guard() {
    for text in [
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[::1/",
        "https://127.0.0.1.5/",
        "https://0x100000000/",
        "https://127.0.0.1%00.example.com/",
        "https://exa mple.com/",
        "https://cdn.example.com:99999/",
    ] {
        assert!(Url::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_public_internet_is_let_through_over_https_on_any_port() {
    for text in [
        "https://cdn.discordapp.com/attachments/1/2/a.png",
        "https://8.8.8.8:8443/a",
        "https://172.32.0.1/",
        "https://100.128.0.1/",
        "https://[2606:4700::1111]/",
        "https://[64:ff9b::808:808]/",
        "https://[2002:808:808::1]/",
        "https://localhost.example.com/",
    ] {
        assert_eq!(check(&Guard::public_only(), text), Ok(()), "{text}");
        assert_eq!(check(&local(), text), Ok(()), "{text}");
    }
}

#[test]
fn plain_http_and_other_schemes_are_refused() {
    for guard in [Guard::public_only(), local()] {
        for (text, why) in [
            ("http://cdn.example.com/a.png", Blocked::PlainHttp),
            ("http://8.8.8.8/", Blocked::PlainHttp),
            ("file:///etc/passwd", Blocked::NotWeb),
            ("gopher://8.8.8.8/", Blocked::NotWeb),
            ("data:image/png;base64,AA", Blocked::NotWeb),
            ("https://user:pw@cdn.example.com/", Blocked::Credentials),
            ("https://user@cdn.example.com/", Blocked::Credentials),
        ] {
            assert_eq!(check(&guard, text), Err(why), "{text}");
        }
    }
}

#[test]
fn loopback_is_allowed_only_where_the_base_is_loopback_itself() {
    for text in [
        "http://127.0.0.1:4700/a.png",
        "http://localhost:4700/a.png",
        "http://[::1]:4700/a.png",
        "https://127.0.0.2/",
    ] {
        assert!(check(&Guard::public_only(), text).is_err(), "{text}");
        assert_eq!(check(&local(), text), Ok(()), "{text}");
    }
    for text in ["https://10.0.0.1/", "http://192.168.0.1/", "https://[::]/"] {
        assert!(check(&local(), text).is_err(), "{text}");
    }
    let public = Guard::for_base(&Url::parse("https://api.example.com").expect("a URL"));
    assert!(!public.allows_loopback());
}

#[tokio::test]
async fn one_bad_address_among_good_ones_refuses_the_name() {
    let lookup = Scripted::new([&["93.184.215.14", "10.0.0.1"], &["93.184.215.14", "::1"]]);
    let guard = Guard::public_only().with_lookup(lookup);

    for range in [SpecialRange::Private, SpecialRange::Loopback] {
        let refused = guard.resolve_host("cdn.example.com").await;

        assert!(
            matches!(refused, Err(LookupError::Blocked(Blocked::Address(found))) if found == range)
        );
    }
}

#[tokio::test]
async fn a_public_name_never_leads_to_loopback() {
    let lookup = Scripted::new([&["127.0.0.1"], &["127.0.0.1"]]);
    let guard = local().with_lookup(lookup);

    let public_name = guard.resolve_host("rebound.example.com").await;
    let local_name = guard.resolve_host("localhost").await;

    assert!(matches!(public_name, Err(LookupError::Blocked(_))));
    assert_eq!(
        local_name.expect("allowed"),
        [IpAddr::V4(Ipv4Addr::LOCALHOST)]
    );
}

#[tokio::test]
async fn a_connection_gets_the_addresses_that_were_checked_and_no_others() {
    let lookup = Scripted::new([&["93.184.215.14"], &["10.0.0.1"]]);
    let guard = Guard::public_only().with_lookup(lookup);
    let name = || "rebinding.example.com".parse::<Name>().expect("a name");

    let first: Vec<SocketAddr> = guard.resolve(name()).await.expect("public").collect();
    let second = guard.resolve(name()).await;

    assert_eq!(first, ["93.184.215.14:0".parse().expect("an address")]);
    assert!(second.is_err());
}

#[tokio::test]
async fn a_name_without_addresses_is_a_failure_not_a_pass() {
    let guard = Guard::public_only().with_lookup(Scripted::new([]));

    let found = guard.resolve_host("nowhere.example.com").await;

    assert!(matches!(found, Err(LookupError::Failed(_))));
}

proptest! {
    #[test]
    fn every_spelling_of_an_ipv4_address_is_judged_alike(bits: u32) {
        let address = Ipv4Addr::from(bits);
        let [a, b, c, d] = address.octets();
        let plain = check(&Guard::public_only(), &format!("https://{address}/"));

        for spelling in [
            format!("{bits}"),
            format!("0x{bits:x}"),
            format!("0{a:o}.0x{b:x}.{}", (u32::from(c) << 8) | u32::from(d)),
            format!("[::ffff:{address}]"),
        ] {
            prop_assert_eq!(
                check(&Guard::public_only(), &format!("https://{spelling}/")),
                plain,
                "{}", spelling
            );
        }
    }

    #[test]
    fn an_embedded_address_is_never_judged_more_kindly(bits: u32) {
        let v4 = SpecialRange::of(IpAddr::V4(Ipv4Addr::from(bits)));
        for prefix in [0x0064_ff9b_u128 << 96, 0_u128, 0xffff << 32] {
            let v6 = SpecialRange::of(IpAddr::V6(Ipv6Addr::from(prefix | u128::from(bits))));

            prop_assert!(v4.is_none() || v6.is_some());
        }
    }

    #[test]
    fn nothing_outside_the_public_prefix_of_ipv6_passes(bits: u128) {
        let address = Ipv6Addr::from(bits);
        let nat64_or_mapped = address.to_ipv4_mapped().is_some()
            || address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];

        prop_assume!(!nat64_or_mapped && address.segments()[0] & 0xe000 != 0x2000);
        prop_assert!(SpecialRange::of(IpAddr::V6(address)).is_some());
    }

    #[test]
    fn std_agrees_on_what_is_private(bits: u32) {
        let v4 = Ipv4Addr::from(bits);
        let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_broadcast()
            || v4.is_documentation() || v4.is_multicast() || v4.is_unspecified();

        prop_assert!(!special || SpecialRange::of(IpAddr::V4(v4)).is_some());
    }
}
