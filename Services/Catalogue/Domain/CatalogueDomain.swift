/// What `catalogue` decides: pure, no clock, no input or output.
public enum CatalogueDomain {}
