internal import HTTP1

extension Gateway {
    /// What health knows and what was answered, for Prometheus.
    func metrics() async -> Response {
        let page = MetricsPage(await states(), traffic)
        return Response(
            .ok, contentType: MetricsPage.contentType, body: [UInt8](page.text.utf8))
    }
}
