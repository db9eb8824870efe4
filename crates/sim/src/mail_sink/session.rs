//! One conversation with a client.

use super::{Behaviour, Protection, ReceivedMail, Shared};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};

/// Longest command line taken, in octets (RFC 5321, 4.5.3.1.4, and room for AUTH).
const LINE: u64 = 12_288;
/// Largest message taken, in octets.
const MESSAGE: usize = 64 * 1024 * 1024;

/// How a conversation ended.
pub(crate) enum Talk<S> {
    /// One of the two closed.
    Ended,
    /// The client asked for TLS.
    Upgrade(S),
}

/// What a command leads to.
enum Next {
    /// Go on listening.
    Listen,
    /// Close.
    Close,
    /// Hand the stream over to TLS.
    Upgrade,
}

/// The state of a conversation: what EHLO, MAIL and RCPT have said so far.
pub(crate) struct Session<'s, S> {
    stream: BufStream<S>,
    shared: &'s Shared,
    over_tls: bool,
    authenticated: bool,
    sender: Option<String>,
    recipients: Vec<String>,
}

impl<'s, S: AsyncRead + AsyncWrite + Unpin> Session<'s, S> {
    pub(crate) fn new(stream: S, shared: &'s Shared, over_tls: bool) -> Self {
        let authenticated = shared.options.credentials.is_none();
        Self { stream: BufStream::new(stream), shared, over_tls, authenticated, sender: None, recipients: Vec::new() }
    }

    pub(crate) async fn greet_and_talk(mut self) -> io::Result<Talk<S>> {
        self.reply("220 sink.example ESMTP").await?;
        self.talk().await
    }

    /// Takes commands until one side closes or TLS is asked for.
    pub(crate) async fn talk(mut self) -> io::Result<Talk<S>> {
        while let Some(line) = self.line().await? {
            match self.command(line.trim_end()).await? {
                Next::Listen => {}
                Next::Close => return Ok(Talk::Ended),
                Next::Upgrade => return Ok(Talk::Upgrade(self.stream.into_inner())),
            }
        }
        Ok(Talk::Ended)
    }

    async fn reply(&mut self, text: &str) -> io::Result<Next> {
        self.stream.write_all(text.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        self.stream.flush().await?;
        Ok(Next::Listen)
    }

    /// A line with its ending; `None` when the client has gone.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = (&mut self.stream).take(LINE).read_until(b'\n', &mut line).await?;
        Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
    }

    async fn command(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello().await,
            "HELO" => self.reply("250 sink.example").await,
            "STARTTLS" if self.offers_tls() => {
                self.reply("220 go ahead").await?;
                Ok(Next::Upgrade)
            }
            "AUTH" => self.authenticate(rest).await,
            "MAIL" => self.mail(rest).await,
            "RCPT" => self.recipient(rest).await,
            "DATA" => self.data().await,
            "RSET" => {
                self.forget();
                self.reply("250 forgotten").await
            }
            "NOOP" => self.reply("250 still here").await,
            "VRFY" => self.reply("252 try it").await,
            "QUIT" => {
                self.reply("221 goodbye").await?;
                Ok(Next::Close)
            }
            _ => self.reply("502 not implemented").await,
        }
    }

    fn offers_tls(&self) -> bool {
        self.shared.options.protection == Protection::StartTls && !self.over_tls
    }

    fn forget(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    async fn hello(&mut self) -> io::Result<Next> {
        self.forget();
        let mut lines = vec!["sink.example", "8BITMIME", "SMTPUTF8"];
        if self.offers_tls() {
            lines.push("STARTTLS");
        }
        if self.shared.options.credentials.is_some() {
            lines.push("AUTH PLAIN");
        }
        let last = lines.len() - 1;
        let reply: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(index, line)| format!("250{}{line}", if index == last { ' ' } else { '-' }))
            .collect();
        self.reply(&reply.join("\r\n")).await
    }

    async fn authenticate(&mut self, rest: &str) -> io::Result<Next> {
        let Some((name, password)) = self.shared.options.credentials.clone() else {
            return self.reply("502 nobody needs to").await;
        };
        let Some(given) = rest.strip_prefix("PLAIN ") else {
            return self.reply("504 only PLAIN, with its answer").await;
        };
        let wanted = BASE64_STANDARD.encode(format!("\0{name}\0{password}"));
        self.authenticated = given.trim() == wanted;
        let reply = if self.authenticated { "235 welcome" } else { "535 not you" };
        self.reply(reply).await
    }

    async fn mail(&mut self, rest: &str) -> io::Result<Next> {
        if !self.authenticated {
            return self.reply("530 authenticate first").await;
        }
        let Some(address) = path(rest, "FROM:") else { return self.reply("501 MAIL FROM:<address>").await };
        self.forget();
        self.sender = Some(address);
        self.reply("250 sender noted").await
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<Next> {
        let Some(address) = path(rest, "TO:") else { return self.reply("501 RCPT TO:<address>").await };
        if self.sender.is_none() {
            return self.reply("503 MAIL first").await;
        }
        if let Behaviour::RefuseRecipient(code) = self.shared.behaviour(&address) {
            return self.reply(&format!("{code} not this recipient")).await;
        }
        if let Some(code) = self.shared.greylists(&address) {
            return self.reply(&format!("{code} not yet")).await;
        }
        self.recipients.push(address);
        self.reply("250 recipient noted").await
    }

    async fn data(&mut self) -> io::Result<Next> {
        let Some(first) = self.recipients.first() else { return self.reply("503 RCPT first").await };
        let behaviour = self.shared.behaviour(first);
        if behaviour == Behaviour::DropBeforeMessage {
            return Ok(Next::Close);
        }
        self.reply("354 end with a dot").await?;
        let Some(raw) = self.message().await? else { return Ok(Next::Close) };
        let accepted = matches!(behaviour, Behaviour::Accept | Behaviour::AcceptAfter(_));
        let mail = ReceivedMail {
            sender: self.sender.take().unwrap_or_default(),
            recipients: std::mem::take(&mut self.recipients),
            raw,
            accepted,
            over_tls: self.over_tls,
        };
        self.shared.keep(mail);
        match behaviour {
            Behaviour::Accept => self.reply("250 kept").await,
            Behaviour::AcceptAfter(delay) => {
                tokio::time::sleep(delay).await;
                self.reply("250 kept").await
            }
            Behaviour::RefuseMessage(code)
            | Behaviour::RefuseRecipient(code)
            | Behaviour::RefuseRecipientOnce(code) => self.reply(&format!("{code} not this message")).await,
            Behaviour::AnswerNonsense => self.reply("whatever you say").await,
            Behaviour::DropBeforeMessage | Behaviour::DropBeforeAnswer => Ok(Next::Close),
            Behaviour::StaySilent => {
                while self.line().await?.is_some() {}
                Ok(Next::Close)
            }
        }
    }

    /// Reads up to the line with a single dot; `None` when the client went first or sent too much.
    async fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        loop {
            let start = message.len();
            if self.stream.read_until(b'\n', &mut message).await? == 0 || message.len() > MESSAGE {
                return Ok(None);
            }
            if message[start..] == *b".\r\n" {
                message.truncate(start);
                return Ok(Some(message));
            }
            if message[start] == b'.' {
                message.remove(start);
            }
        }
    }
}

/// The address of `FROM:<a@b>` or `TO:<a@b>`; parameters after it are passed over.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let (head, tail) = rest.split_at_checked(keyword.len())?;
    let inner = head.eq_ignore_ascii_case(keyword).then_some(tail.trim_start())?.strip_prefix('<')?;
    inner.split_once('>').map(|(address, _)| address.to_owned())
}
