/// What `portal` decides: pure, no clock, no input or output.
public enum PortalDomain {}
