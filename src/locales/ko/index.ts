import app from "./app.json";
import catalog from "./catalog.json";
import home from "./home.json";
import machine from "./machine.json";
import stage from "./stage.json";

export const texts = { app, catalog, home, machine, stage };
