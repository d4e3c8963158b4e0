/// The paths and methods of `ingress.openapi.yaml`, read from its indentation.
///
/// A path is a line `  /…:`, a method of it `    get:`; the file is kept in that form.
struct Contract {
    /// Lower-case names of methods, by the path with its `{parameters}`.
    let methods: [String: Set<String>]

    init(_ yaml: String) {
        var methods: [String: Set<String>] = [:]
        var path: String?
        for line in yaml.split(separator: "\n") where line.hasSuffix(":") {
            let name = String(line.drop { $0 == " " }.dropLast())
            switch line.prefix(while: { $0 == " " }).count {
            case 2 where name.hasPrefix("/"): path = name
            case 0, 2: path = nil
            case 4:
                if let path { methods[path, default: []].insert(name) }
            default: break
            }
        }
        self.methods = methods
    }
}
