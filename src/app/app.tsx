/** Routes. Everything but the home page is loaded when it is first opened. */
import { lazy, type ReactNode, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { useDynamicT, useT } from "../locales/i18n";
import { StageWords } from "../stage/words";
import { HomePage } from "./home/home-page";
import { isPlace, StratumPage } from "./home/stratum-page";
import { PlainPage } from "./shell/plain-page";
import { StatusStrip, ToastLine } from "./shell/status";

const LabPage = lazy(() => import("./lab/lab-page").then((module) => ({ default: module.LabPage })));
const CoursePage = lazy(() => import("./lesson/course-page").then((module) => ({ default: module.CoursePage })));
const EmbeddedCourse = lazy(() => import("./lesson/course-page").then((module) => ({ default: module.EmbeddedCourse })));
const PresenterPage = lazy(() => import("./presenter/presenter-page").then((module) => ({ default: module.PresenterPage })));
const SpeakerPage = lazy(() => import("./presenter/speaker-page").then((module) => ({ default: module.SpeakerPage })));
const InstructorsPage = lazy(() => import("./instructors/instructors-page").then((module) => ({ default: module.InstructorsPage })));
const SettingsPage = lazy(() => import("./settings/settings-page").then((module) => ({ default: module.SettingsPage })));
const SharedPage = lazy(() => import("./share/shared-page").then((module) => ({ default: module.SharedPage })));

/** A lesson or exercise, where a link's payload could stand as well. */
const COURSE_ID = /^[LE]\d{1,2}\.\d{1,2}$/;

export function App(): ReactNode {
  const named = useDynamicT();
  return (
    <StageWords value={named}>
      <Router hook={useHashLocation}>
        <StatusStrip />
        <Suspense fallback={<div className="loading" aria-busy="true" />}>
          <Switch>
            <Route path="/">
              <HomePage />
            </Route>
            <Route path="/stratum/:place">{({ place }) => (isPlace(place) ? <StratumPage place={place} /> : <NotFound />)}</Route>
            <Route path="/lab">
              <LabPage kind="lab" />
            </Route>
            <Route path="/machine">
              <LabPage kind="machine" />
            </Route>
            <Route path="/embed">
              <LabPage kind="embed" />
            </Route>
            <Route path="/embed/:payload">
              {({ payload }) => (COURSE_ID.test(payload) ? <EmbeddedCourse id={payload} /> : <LabPage kind="embed" payload={payload} />)}
            </Route>
            <Route path="/lesson/:id">{({ id }) => <CoursePage key={id} kind="lesson" id={id} />}</Route>
            <Route path="/exercise/:id">{({ id }) => <CoursePage key={id} kind="exercise" id={id} />}</Route>
            <Route path="/present/:deck">{({ deck }) => <PresenterPage key={deck} deck={deck} />}</Route>
            <Route path="/speaker/:deck">{({ deck }) => <SpeakerPage deck={deck} />}</Route>
            <Route path="/s/:payload">{({ payload }) => <SharedPage payload={payload} />}</Route>
            <Route path="/instructors">
              <InstructorsPage />
            </Route>
            <Route path="/settings">
              <SettingsPage />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
        <ToastLine />
      </Router>
    </StageWords>
  );
}

function NotFound(): ReactNode {
  const t = useT();
  return (
    <PlainPage title={t("app.notFound.title")} crumb={t("home.crumb")}>
      <p className="lead">{t("app.notFound.text")}</p>
      <p>
        <a href="#/">{t("app.notFound.home")}</a>
      </p>
    </PlainPage>
  );
}
