import JSON

/// Which template a change is about.
package struct TemplateName: Hashable, Sendable {
    /// Meta's id; an integer on the wire, above 2^53.
    package let id: String
    package let name: String
    package let language: String

    /// Nil when neither an id nor a name is there.
    init?(_ value: JSONValue) {
        id = value["message_template_id"]?.identifier ?? ""
        name = value["message_template_name"]?.nonEmptyString ?? ""
        language = value["message_template_language"]?.nonEmptyString ?? ""
        if id.isEmpty && name.isEmpty { return nil }
    }

    /// What tells it apart: the id, else name and language.
    var key: String { id.isEmpty ? "\(name) \(language)" : id }

    /// How people know it.
    var text: String {
        name.isEmpty
            ? "template \(id)" : "template \(name)" + (language.isEmpty ? "" : " (\(language))")
    }
}

/// `message_template_status_update`.
package struct TemplateStatusChange: Hashable, Sendable {
    package let template: TemplateName
    /// Meta's word, such as APPROVED, PAUSED or REJECTED.
    package let event: String
    package let category: String?
    /// Meta's word; nil for none.
    package let reason: String?
    /// A title such as FIRST_PAUSE, and what Meta writes beside it.
    package let title: String?
    package let details: String?

    init?(_ value: JSONValue) {
        guard let template = TemplateName(value), let event = value["event"]?.nonEmptyString else {
            return nil
        }
        self.template = template
        self.event = event
        category = value["message_template_category"]?.nonEmptyString
        let word = value["reason"]?.nonEmptyString
        reason = word == "NONE" ? nil : word
        title = value["other_info"]?["title"]?.nonEmptyString
        let rejection = value["rejection_info"]
        details =
            rejection?["recommendation"]?.nonEmptyString ?? rejection?["reason"]?.nonEmptyString
            ?? value["other_info"]?["description"]?.nonEmptyString
            ?? value["disable_info"]?["disable_date"]?.nonEmptyString
    }
}

/// `message_template_quality_update`: GREEN, YELLOW, RED or UNKNOWN.
package struct TemplateQualityChange: Hashable, Sendable {
    package let template: TemplateName
    package let old: String?
    package let new: String

    init?(_ value: JSONValue) {
        guard let template = TemplateName(value),
            let new = value["new_quality_score"]?.nonEmptyString
        else { return nil }
        self.template = template
        self.new = new
        old = value["previous_quality_score"]?.nonEmptyString
    }
}

/// `message_template_components_update`: what the template says now.
package struct TemplateContent: Hashable, Sendable {
    package let template: TemplateName
    package let body: String?
    package let title: String?
    package let footer: String?

    init?(_ value: JSONValue) {
        guard let template = TemplateName(value) else { return nil }
        self.template = template
        body = value["message_template_element"]?.nonEmptyString
        title = value["message_template_title"]?.nonEmptyString
        footer = value["message_template_footer"]?.nonEmptyString
    }
}

/// `template_category_update`: what it costs may change.
package struct TemplateCategoryChange: Hashable, Sendable {
    package let template: TemplateName
    package let old: String?
    package let new: String
    /// What Meta takes it for, where that is yet to come.
    package let correct: String?

    init?(_ value: JSONValue) {
        guard let template = TemplateName(value),
            let new = (value["new_category"] ?? value["correct_category"])?.nonEmptyString
        else { return nil }
        self.template = template
        self.new = new
        old = value["previous_category"]?.nonEmptyString
        correct = value["correct_category"]?.nonEmptyString
    }
}
