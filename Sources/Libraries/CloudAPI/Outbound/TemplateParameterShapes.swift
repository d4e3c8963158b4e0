import JSON

/// What the parameters of templates that are no text look like. (Meta, "Message templates")
enum TemplateParameterShapes {
    private static let part = Shape.text(1...OutboundLimits.part)

    /// By type; a type that is not here is Meta's to judge, which adds them faster than anybody follows.
    static let byType: [String: Shape.Field] = [
        "currency": .required(
            "currency",
            .object([
                .required("fallback_value", part), .required("code", .text(3...3)),
                .required("amount_1000", .number(-1e15...1e15)),
            ])),
        "date_time": .required(
            "date_time",
            .object(
                [.required("fallback_value", part)]
                    + [
                        "day_of_week", "year", "month", "day_of_month", "hour", "minute",
                        "timestamp",
                    ].map { .optional($0, .number(0...1e15)) } + [.optional("calendar", part)])),
        "image": .required("image", .file()),
        "video": .required("video", .file()),
        "document": .required(
            "document", .file([.optional("filename", .text(1...OutboundLimits.filename))])),
        "location": .required("location", ContentShapes.location),
        "payload": .required("payload", .text(1...OutboundLimits.bodyParameter)),
        "coupon_code": .required("coupon_code", .text(1...OutboundLimits.couponCode)),
        "limited_time_offer": .required(
            "limited_time_offer", .object([.required("expiration_time_ms", .number(0...1e15))])),
        "action": .required("action", .someObject),
    ]

    /// Checks the object of a parameter whose type is known here.
    static func check(
        _ parameter: JSONValue, type: String, _ path: String
    ) throws(OutboundError) {
        guard let field = byType[type] else { return }
        guard let object = parameter[field.name] else {
            throw .missing(field: "\(path).\(field.name)")
        }
        try field.shape.check(object, "\(path).\(field.name)")
        try parameter.members?.refuseUnknown(
            in: path, known: ["type", "parameter_name", field.name])
    }
}
