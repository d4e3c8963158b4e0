/// What one process may do once its settings are read; the kernel refuses everything else.
///
/// All may use what they were started with and what they opened before: their lock, the socket they
/// listen on, their log. Nobody takes a name in `run/`, starts a program or a process, signals another
/// one, or makes memory both writable and executable.
package struct Sandbox: Hashable, Sendable {
    /// Files and folders that may be read; those that are not there are left out.
    package var reads: [String]
    /// Folders in which everything may be done; made when they are not there.
    package var folders: [String]
    /// Single files that may be read and written; made, with their folder, when they are not there.
    package var files: [String]
    /// TCP ports of any machine that may be connected to.
    package var connects: [UInt16]
    /// What may be reached by the sockets it makes; connections that it accepts are of their listener.
    package var network: Network

    /// The families of sockets that a process may make.
    package enum Network: Hashable, Sendable {
        /// None: it answers those who connect.
        case none
        /// Unix sockets, to ask the other processes.
        case group
        /// Those, IPv4, IPv6, and what the C library asks the kernel about routes with (netlink).
        case internet
    }

    package init(
        reads: [String] = [], folders: [String] = [], files: [String] = [],
        connects: [UInt16] = [], network: Network = .none
    ) {
        self.reads = reads
        self.folders = folders
        self.files = files
        self.connects = connects
        self.network = network
    }

    /// Whether it opens files by their names, those of /proc among them.
    var opensFiles: Bool { !folders.isEmpty || !files.isEmpty || !reads.isEmpty }
}
