//! Ranges of addresses that are not the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range that is not the public internet (the IANA special-purpose registries, and the addresses at which
/// clouds serve credentials).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpecialRange {
    /// This machine.
    Loopback,
    /// A private network, shared carrier space included.
    Private,
    /// The local link, where clouds serve their metadata.
    LinkLocal,
    /// A cloud's metadata or wire service outside the link-local range.
    Metadata,
    /// Many machines at once.
    Multicast,
    /// Examples and benchmarks.
    Documentation,
    /// "This network", reserved, or a tunnel whose end cannot be told.
    Reserved,
}

impl std::fmt::Display for SpecialRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Loopback => "this machine",
            Self::Private => "a private network",
            Self::LinkLocal => "the local link",
            Self::Metadata => "a cloud's metadata service",
            Self::Multicast => "a multicast address",
            Self::Documentation => "an address for examples",
            Self::Reserved => "a reserved address",
        })
    }
}

impl SpecialRange {
    /// The special range an address is in; `None` for an address on the public internet.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Option<Self> {
        match address.octets() {
            [127, ..] => Some(Self::Loopback),
            [10, ..] | [192, 168, ..] => Some(Self::Private),
            [172, 16..=31, ..] => Some(Self::Private),
            // Carriers share it; one cloud has its metadata in it.
            [100, 64..=127, ..] => Some(Self::Private),
            [169, 254, ..] => Some(Self::LinkLocal),
            // Azure's wire server.
            [168, 63, 129, 16] => Some(Self::Metadata),
            [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some(Self::Documentation),
            [198, 18..=19, ..] => Some(Self::Documentation),
            // "This network"; protocol assignments; the 6to4 relays of old.
            [0, ..] | [192, 0, 0, _] | [192, 88, 99, _] => Some(Self::Reserved),
            [224..=239, ..] => Some(Self::Multicast),
            [240..=255, ..] => Some(Self::Reserved),
            _ => None,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Option<Self> {
        if let Some(mapped) = address.to_ipv4_mapped() {
            return Self::of_v4(mapped);
        }
        match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 1] => Some(Self::Loopback),
            // NAT64: the way to public IPv4 from an IPv6 network, and so judged by its end.
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                Self::of_v4(embedded(high, low)).map(tunnelled)
            }
            // Teredo, benchmarks, overlay identifiers and other protocol assignments.
            [0x2001, 0..=0x1ff, ..] => Some(Self::Reserved),
            [0x2001, 0xdb8, ..] => Some(Self::Documentation),
            [0x3fff, 0..=0xfff, ..] => Some(Self::Documentation),
            // 6to4, judged by its end.
            [0x2002, high, low, ..] => Self::of_v4(embedded(high, low)).map(tunnelled),
            // All that is handed out for the public internet.
            [0x2000..=0x3fff, ..] => None,
            [0xfd00, 0xec2, ..] => Some(Self::Metadata),
            [0xfc00..=0xfdff, ..] => Some(Self::Private),
            [0xfe80..=0xfebf, ..] => Some(Self::LinkLocal),
            // Site-local, the private range of old.
            [0xfec0..=0xfeff, ..] => Some(Self::Private),
            [0xff00..=0xffff, ..] => Some(Self::Multicast),
            _ => Some(Self::Reserved),
        }
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// A tunnel to loopback is never "this machine as allowed".
fn tunnelled(range: SpecialRange) -> SpecialRange {
    match range {
        SpecialRange::Loopback => SpecialRange::Reserved,
        other => other,
    }
}
