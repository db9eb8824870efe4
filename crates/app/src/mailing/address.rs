//! E-mail addresses of recipients: what is one, when two are the same, and how one is shown.

use email_address::{EmailAddress, Options};

/// The most characters of an address (RFC 5321, 4.5.3.1.3, less the angle brackets).
const LENGTH_MAX: usize = 254;

/// The address without the space around it; `None` when it is no address that mail can be sent to: no name before it, a
/// domain with a dot, no address literal.
pub fn parse(text: &str) -> Option<&str> {
    let text = text.trim();
    let options = Options { allow_domain_literal: false, allow_display_text: false, ..Options::default() };
    let read = EmailAddress::parse_with_options(text, options.with_required_tld()).ok()?;
    (text.len() <= LENGTH_MAX && !read.local_part().starts_with('"')).then_some(text)
}

/// The form in which addresses are compared: no space around it, all in lower case.
///
/// The domain has no case (RFC 1035, 2.3.3). The part before `@` may have one by RFC 5321, 2.4, yet no provider in use
/// tells `Fatima@` from `fatima@`, and one person written to twice is the commoner fault. Not folded: dots and `+tags`,
/// which are the same box with some providers and another's with others, and a domain's two spellings, Unicode and
/// Punycode.
pub fn normalised(address: &str) -> String {
    address.trim().to_lowercase()
}

/// The address as lists show it: `a***@example.org`.
pub fn masked(address: &str) -> String {
    match address.trim().rsplit_once('@') {
        Some((local, domain)) => {
            let first = local.chars().next().map(String::from).unwrap_or_default();
            format!("{first}***@{domain}")
        }
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_box_and_a_domain_and_nothing_else() {
        for good in ["a@example.org", " Fatima.El-Amrani+x@sub.example.be ", "émile@exämple.org"] {
            assert_eq!(parse(good), Some(good.trim()));
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in ["", "a", "a@", "@example.org", "a@b", "A B <a@example.org>", "a@[127.0.0.1]", "a b@example.org"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        for bad in [long.as_str(), "a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org", "\"a b\"@c.be"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_are_compared_without_case_and_shown_without_the_box() {
        assert_eq!(normalised(" Fatima@Example.ORG "), "fatima@example.org");
        assert_ne!(normalised("fa.tima@example.org"), normalised("fatima@example.org"));
        assert_eq!(masked("fatima@example.org"), "f***@example.org");
        assert_eq!(masked("éa@example.org"), "é***@example.org");
        assert_eq!(masked("nothing"), "***");
    }
}
