/// What one process may do once its settings are read; the kernel refuses everything else.
///
/// All may talk over Unix sockets, read /proc, and use what they were started with. Nobody starts a
/// program or a process, signals another one, or makes memory both writable and executable.
package struct Sandbox: Hashable, Sendable {
    /// Files and folders that may be read; those that are not there are left out.
    package var reads: [String]
    /// Folders in which everything may be done; made when they are not there.
    package var folders: [String]
    /// Single files that may be read and written; made, with their folder, when they are not there.
    package var files: [String]
    /// Folders in which names of sockets may be taken and given back, and nothing be read.
    package var socketFolders: [String]
    /// TCP ports of any machine that may be connected to.
    package var connects: [UInt16]
    /// TCP ports of this machine that may be bound.
    package var binds: [UInt16]
    /// What may be reached by the sockets it makes; connections that it accepts are of their listener.
    package var network: Network

    /// The families of sockets that a process may make.
    package enum Network: Hashable, Sendable {
        /// Unix sockets alone.
        case none
        /// IPv4 too, to bind the port it listens on.
        case listening
        /// IPv4, IPv6, and what the C library asks the kernel about routes with (netlink).
        case calling
    }

    package init(
        reads: [String] = [], folders: [String] = [], files: [String] = [],
        socketFolders: [String] = [], connects: [UInt16] = [], binds: [UInt16] = [],
        network: Network = .none
    ) {
        self.reads = reads
        self.folders = folders
        self.files = files
        self.socketFolders = socketFolders
        self.connects = connects
        self.binds = binds
        self.network = network
    }
}
