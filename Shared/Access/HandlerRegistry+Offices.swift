import Messages
public import Messaging

extension HandlerRegistry where Rows: HasAccessRows {
    /// The same handler registry, which authorises officers and reviewers by this installation's office rule.
    public func applyingOfficeRule(_ rule: OfficeRule) -> HandlerRegistry {
        preparing { [ownsOffices = service == OfficeAppointed.type.service] rows in
            rows.access.offices.rule = rule
            rows.access.ownsOffices = ownsOffices
        }
    }
}
