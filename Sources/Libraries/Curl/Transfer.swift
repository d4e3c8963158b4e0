package import FoundationEssentials

/// One HTTP request, to be made once.
package struct Transfer: Sendable {
    package enum Method: Hashable, Sendable {
        case get
        case delete
        case post(Data)
        case upload(Form)
    }

    /// A body of `multipart/form-data` (RFC 7578) with one file, read from the disk as it is sent.
    package struct Form: Hashable, Sendable {
        package struct File: Hashable, Sendable {
            /// The name of the part.
            package let name: String
            /// A regular file, whole: its length is announced beforehand.
            package let path: String
            package let filename: String
            package let mimeType: String

            package init(name: String, path: String, filename: String, mimeType: String) {
                self.name = name
                self.path = path
                self.filename = filename
                self.mimeType = mimeType
            }
        }

        /// Sent before the file, in this order.
        package let fields: [Field]
        package let file: File

        package init(fields: [Field], file: File) {
            self.fields = fields
            self.file = file
        }
    }

    /// A line of a head, or a field of a form.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Bytes of an answer's body that are kept; Graph's answers to JSON requests have a few hundred.
    ///
    /// A longer one ends the transfer with its status known.
    package static let longestAnswer = 1 << 20

    package let method: Method
    package let url: TransferURL
    /// Sent as they are; a name or value with a control character ends the transfer before it leaves.
    package let fields: [Field]
    /// For DNS, connect and TLS together.
    package let connectLimit: Duration
    /// From the request's first byte to the answer's last.
    package let answerLimit: Duration
    /// Certificates to trust, PEM, instead of the system's.
    package let authorities: String?
    /// Without a byte either way for so long it is ended; nil: only the limit of the answer counts.
    package let stallLimit: Duration?
    /// Takes the body of an answer 200 part by part; every other body is kept as it is without one.
    package let sink: (any AnswerSink)?

    package init(
        _ method: Method, _ url: TransferURL, fields: [Field] = [], connectLimit: Duration,
        answerLimit: Duration, authorities: String? = nil, stallLimit: Duration? = nil,
        into sink: (any AnswerSink)? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.connectLimit = connectLimit
        self.answerLimit = answerLimit
        self.authorities = authorities
        self.stallLimit = stallLimit
        self.sink = sink
    }
}

/// Where a long answer goes, in parts of at most 16 KiB, on the loop's thread.
package protocol AnswerSink: AnyObject, Sendable {
    /// Takes the next bytes, which are gone afterwards; false ends the transfer, whose status is known.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// What a transfer came to.
package struct TransferResult: Hashable, Sendable {
    /// Whether the other side can have seen the request.
    package enum HasLeft: Hashable, Sendable {
        /// Not a byte of it: repeating it is safe.
        case never
        /// Some of it, or all.
        case maybe
    }

    /// How often the request was about to be sent: 0, 1, or 2 where the second time was refused.
    ///
    /// Then the reused connection had closed without an answer, and libcurl would have sent it again.
    package let requests: Int
    /// libcurl's code, 0 for a whole answer; for logs, never to decide by (28 is a hanging handshake
    /// as well as a slow answer).
    package let code: Int
    /// The code in words, with libcurl's detail, and no field of the request; nil when it is 0.
    package let failure: String?
    /// Of an answer whose head came whole; its body may be cut off when there is a `failure`.
    package let status: Int?
    /// In the order received, names in lower case; empty without a status.
    package let fields: [Transfer.Field]
    package let body: Data

    package var hasLeft: HasLeft { requests == 0 ? .never : .maybe }

    /// The first field of that name (lower case).
    package func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
