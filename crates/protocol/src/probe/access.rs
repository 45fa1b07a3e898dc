//! What a page may ask without a prompt of the browser (Local Network Access): a page that is farther away than an
//! origin needs the permission for it.

use crate::url::BaseUrl;

/// Which near origins may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// This machine.
    pub loopback: bool,
    /// This network.
    pub network: bool,
}

impl Access {
    /// Nothing that is near.
    pub const NONE: Self = Self {
        loopback: false,
        network: false,
    };
    /// Everything.
    pub const ALL: Self = Self {
        loopback: true,
        network: true,
    };

    /// With what a page may do by its place: one on this machine everything, one on this network all of it but
    /// this machine. Without a page there is no browser that would ask.
    #[must_use]
    pub fn and_of(self, page: Option<&BaseUrl>) -> Self {
        Self {
            loopback: self.loopback || page.is_none_or(BaseUrl::is_loopback),
            network: self.network || page.is_none_or(BaseUrl::is_local),
        }
    }

    /// Whether asking `origin` would cause a prompt.
    #[must_use]
    pub fn bars(self, origin: &BaseUrl) -> bool {
        if origin.is_loopback() {
            !self.loopback
        } else {
            origin.is_local() && !self.network
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_asks_what_is_as_near_as_itself_and_what_it_has_the_permission_for() {
        let url = |text| BaseUrl::parse(text).unwrap();
        let bars =
            |access: Access, page, origin| access.and_of(Some(&url(page))).bars(&url(origin));
        let (public, network, machine) = (
            "https://app.example",
            "https://10.0.0.5",
            "http://localhost:3000",
        );
        for (page, origin, barred) in [
            (public, "https://api.example", false),
            (public, "http://192.168.1.7", true),
            (public, "http://127.0.0.1:8000", true),
            (network, "http://192.168.1.7", false),
            (network, "http://127.0.0.1:8000", true),
            (machine, "http://192.168.1.7", false),
            (machine, "http://127.0.0.1:8000", false),
        ] {
            assert_eq!(bars(Access::NONE, page, origin), barred, "{page} {origin}");
            assert!(!bars(Access::ALL, page, origin));
        }
        let loopback = Access {
            loopback: true,
            ..Access::NONE
        };
        assert!(!bars(loopback, public, machine) && bars(loopback, public, "http://192.168.1.7"));
        assert!(!Access::NONE.and_of(None).bars(&url(machine)));
    }
}
