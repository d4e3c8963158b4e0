internal import Daemon
internal import IPC
internal import Wire

/// The ways to the three other processes.
struct Peers: Sendable {
    let signer: Client
    /// A connection of its own for large bodies, so that a large forgery delays no other webhook.
    let signerForLarge: Client
    let provider: Client
    /// A connection of its own for files, so that no send waits behind their parts.
    let providerForMedia: Client
    let inbox: Client

    init(_ place: Place, inbox: Client) {
        signer = place.client(to: .signer)
        signerForLarge = place.client(to: .signer)
        provider = place.client(to: .provider)
        providerForMedia = place.client(to: .provider)
        self.inbox = inbox
    }

    /// Connects ahead of the first request.
    func connect() async {
        for client in [signer, provider, inbox] { await client.connect() }
    }

    /// Waits no more for one that is away: it does not come back before this process has ended.
    func stopWaiting() async {
        for client in [signer, signerForLarge, provider, providerForMedia, inbox] {
            await client.stopWaiting()
        }
    }
}
