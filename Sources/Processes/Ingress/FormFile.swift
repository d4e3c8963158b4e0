internal import HTTP1
internal import Wire

/// The file of a form, as its parts arrive; the small fields before it are kept, and no other byte.
///
/// What it may hold: one part named `file`, and fields of `fieldLimit` bytes.
// Unchecked: only touched by the task that answers the request.
final class FormFile: PartSource, @unchecked Sendable {
    static let name = "file"
    /// Bytes of a field beside the file: a number's id, a MIME type.
    static let fieldLimit = 1_024

    private let body: any PartSource
    private var reader: FormReader
    private(set) var fields: [String: String] = [:]

    /// A form in that body.
    ///
    /// - Throws: `Problem` 400 for a boundary that can't be one.
    init(in body: any PartSource, boundary: String?) throws(Problem) {
        self.body = body
        do { reader = try FormReader(boundary: boundary ?? "") } catch { throw Self.refused(error) }
    }

    /// Reads up to the content of the file, and answers what stands before it.
    ///
    /// - Throws: `Problem` 400 when there is none; what the body throws.
    func open() async throws -> FormReader.PartHead {
        var field: (name: String, value: [UInt8])?
        while true {
            let event = try await event()
            switch event {
            case .content(let bytes):
                guard let current = field, current.value.count + bytes.count <= Self.fieldLimit
                else { throw Self.fieldTooLong(field?.name ?? "") }
                field?.value += bytes
            case .part, .end:
                if let done = field {
                    fields[done.name] = String(decoding: done.value, as: UTF8.self)
                }
                guard case .part(let head) = event else { throw Self.noFile }
                if head.name == Self.name { return head }
                field = (head.name, [])
            case .needsBytes: continue
            }
        }
    }

    /// The next bytes of the file; nil when it has ended, and with it the whole form.
    ///
    /// - Throws: `Problem` 400 for what must not stand behind it; what the body throws.
    func next() async throws -> [UInt8]? {
        var field: (name: String, count: Int)?
        while true {
            switch try await event() {
            case .content(let bytes):
                guard let current = field else { return bytes }
                guard current.count + bytes.count <= Self.fieldLimit else {
                    throw Self.fieldTooLong(current.name)
                }
                field?.count += bytes.count
            case .part(let head):
                guard head.name != Self.name, head.name != "from" else {
                    throw Self.outOfPlace(head.name)
                }
                field = (head.name, 0)
            case .end:
                // What stands behind a form has no meaning; the next request stands behind it.
                while try await body.next() != nil {}
                return nil
            case .needsBytes: continue
            }
        }
    }

    private func event() async throws -> FormReader.Event {
        let event: FormReader.Event
        do throws(FormError) { event = try reader.next() } catch { throw Self.refused(error) }
        guard case .needsBytes = event else { return event }
        guard let bytes = try await body.next() else { throw Self.cutShort }
        reader.append(bytes)
        return event
    }

    // MARK: Refusals

    private static func refused(_ error: FormError) -> Problem {
        .invalid(nil, "The body is not a form that can be read.", hint: error.description)
    }

    private static let cutShort = Problem.invalid(
        nil, "The form has no end.", hint: "End it with --, the boundary and --.")

    private static let noFile = Problem.invalid(
        name, "The form has no part named file.",
        hint: "Send it as curl does: -F 'file=@picture.png;type=image/png'.")

    private static func fieldTooLong(_ field: String) -> Problem {
        .invalid(
            field, "A field of the form is too long.",
            hint: "Fields beside the file may have \(fieldLimit) bytes.")
    }

    private static func outOfPlace(_ field: String) -> Problem {
        field == name
            ? .invalid(name, "The form has two files.", hint: "Upload one file with each request.")
            : .invalid(
                field, "\(field) comes after the file.",
                hint: "Send \(field) before the file, or as ?\(field)= in the path.")
    }
}
