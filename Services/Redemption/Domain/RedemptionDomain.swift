/// What `redemption` decides: pure, no clock, no input or output.
public enum RedemptionDomain {}
