package import JSON

/// A cart that was sent from the business's catalogue.
package struct InboundOrder: Hashable, Sendable {
    package let catalogID: String?
    /// What the person wrote beside it.
    package let note: String?
    package let items: [Item]

    package struct Item: Hashable, Sendable {
        package let retailerID: String?
        package let quantity: Int64?
        /// For one piece, in units of ``currency``.
        package let price: Double?
        /// Three letters, as a rule (ISO 4217).
        package let currency: String?
    }

    init(_ content: JSONValue) {
        catalogID = content["catalog_id"]?.identifier
        note = content["text"]?.nonEmptyString
        items = (content["product_items"]?.elements ?? []).map { item in
            Item(
                retailerID: item["product_retailer_id"]?.identifier,
                quantity: item["quantity"]?.integer, price: item["item_price"]?.number,
                currency: item["currency"]?.nonEmptyString)
        }
    }

    /// Kinds of goods, not pieces.
    package var itemCount: Int { items.count }
}

extension InboundMessage {
    /// ``content`` for readers: numbers of a cart that came as texts are numbers, and what a form was filled
    /// in with stands beside `response_json` as `response`, where it is JSON.
    package var shownContent: JSONValue {
        switch kind {
        case .order(let order): Self.coerced(content, order)
        case .interactive(.flow(_, _, .values(let values)?)): Self.opened(content, values)
        default: content
        }
    }

    private static func coerced(_ content: JSONValue, _ order: InboundOrder) -> JSONValue {
        guard var members = content.members, let items = content["product_items"]?.elements else {
            return content
        }
        members["product_items"] = .array(
            zip(items, order.items).map { raw, item in
                guard var parts = raw.members else { return raw }
                if let quantity = item.quantity { parts["quantity"] = .integer(quantity) }
                if parts["item_price"]?.text != nil, let price = item.price {
                    parts["item_price"] = .number(price)
                }
                return .object(parts)
            })
        return .object(members)
    }

    private static func opened(_ content: JSONValue, _ values: JSONValue) -> JSONValue {
        guard var members = content.members, var reply = content["nfm_reply"]?.members else {
            return content
        }
        reply["response"] = values
        members["nfm_reply"] = .object(reply)
        return .object(members)
    }
}
